/** Options that more than one command takes, each defined once; and how their values are read. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { dtypes } from '../core/matrix.ts'
import { asGemmeshError } from '../errors.ts'
import { readBytes } from './units.ts'

/** A commander parser from a function that throws: commander then says which option the value was for. */
const parser =
  <T>(parse: (text: string) => T) =>
  (text: string): T => {
    try {
      return parse(text)
    } catch (error) {
      throw new InvalidArgumentError(asGemmeshError(error).message)
    }
  }

export const bytesValue = parser(readBytes)

export const countValue = parser(text => {
  const count = Number(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(count) && count > 0) return count
  throw new Error('It has to be a whole number, 1 or more.')
})

export const numberValue = parser(text => {
  const number = Number(text)
  if (text.trim() !== '' && !Number.isNaN(number)) return number
  throw new Error('It has to be a number, such as 2, -0.5 or 1e-3.')
})

export const priorityValue = parser(text => {
  const priority = Number(text)
  if (/^-?\d+$/.test(text) && Math.abs(priority) <= 100) return priority
  throw new Error('It has to be a whole number from -100 to 100.')
})

export const secondsValue = parser(text => {
  const seconds = Number(text)
  if (text.trim() !== '' && Number.isFinite(seconds) && seconds >= 0) return seconds
  throw new Error('It has to be a number of seconds, 0 or more.')
})

export const urlValue = parser(text => {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw new Error('It has to be the address of master-assign, such as http://10.0.0.1:7710.')
  return text
})

/** An option that the environment can say as well. */
export const envOption = (flags: string, description: string, variable: string): Option =>
  new Option(flags, description).env(variable)

export const configOption = (): Option =>
  envOption('--config <file>', 'configuration file of the cluster', 'GEMMESH_CONFIG')

export const masterOption = (): Option =>
  envOption('--master <url>', 'address of master-assign', 'GEMMESH_MASTER').argParser(urlValue)

/** What files of numbers as text are read as. */
export const dtypeOption = (): Option =>
  new Option(
    '--dtype <type>',
    'type of the elements of text files (default: int32 for whole numbers of Matrix Market, float64 for all else)',
  ).choices(dtypes)

/** Whether a switch of the environment is on: set, and not to an empty string, 0 or false. */
export const isOn = (value: string | undefined): boolean => !['', '0', 'false'].includes(value ?? '')

/** --json and --quiet, which every command takes. */
export const withOutputOptions = (command: Command): Command =>
  command
    .option(
      '--json',
      'results as JSON, one object a line (env: GEMMESH_JSON=1)',
      isOn(process.env.GEMMESH_JSON) || undefined,
    )
    .option(
      '--quiet',
      'no progress, no notes: only results and errors (env: GEMMESH_QUIET=1)',
      isOn(process.env.GEMMESH_QUIET) || undefined,
    )

/** Examples at the end of a command's help: pairs of what to type and what it does. */
export function withExamples(
  command: Command,
  examples: readonly (readonly [line: string, does: string])[],
): Command {
  const lines = examples.map(([line, does]) => `  $ ${line}\n      ${does}`)
  return command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`)
}
