/** How the command line says an error: one readable block for people, one object for programs, one exit code. */
import { styleText } from 'node:util'
import { CommanderError } from 'commander'
import { asGemmeshError, exitCodes, GemmeshError } from '../errors.ts'

/**
 * Writes the error to stderr (`error CODE: message`, each fault on a line of its own) and, with --json, also as the last
 * line of stdout: {"type":"error","code","message","faults","exit","retryable"}. Gives the exit code.
 */
export function reportError(thrown: unknown, json: boolean): number {
  const error = asCodedError(thrown)
  if (error === undefined) return exitCodes.done
  const { exit, retryable } = error.kind
  // Some messages list their faults already.
  const unsaid = error.faults.filter(fault => !error.message.includes(fault))
  const faults = unsaid.map(fault => `  ${fault}\n`).join('')
  // In colour on a terminal that has them; NO_COLOR and FORCE_COLOR are heeded.
  const head = styleText('red', `error ${error.code}:`, { stream: process.stderr })
  process.stderr.write(`${head} ${error.message}\n${faults}`)
  // A fault of gemmesh itself is the one case where a person (or a report of it) needs to see where it happened.
  const cause = error.cause
  if (error.code === 'GEMMESH_INTERNAL' && cause instanceof Error && cause.stack !== undefined)
    process.stderr.write(`${cause.stack}\n`)
  if (json) {
    const { code, message } = error
    process.stdout.write(
      `${JSON.stringify({ type: 'error', code, message, faults: error.faults, exit, retryable })}\n`,
    )
  }
  return exit
}

/** The coded error; undefined where commander ended the command on purpose after --help or --version. */
function asCodedError(thrown: unknown): GemmeshError | undefined {
  if (!(thrown instanceof CommanderError)) return asGemmeshError(thrown)
  if (thrown.exitCode === 0) return undefined
  return new GemmeshError('GEMMESH_USAGE', usageMessage(thrown))
}

/** `error: unknown option '--jsn'\n(Did you mean --json?)` as one sentence after another. */
function usageMessage(error: CommanderError): string {
  if (error.code === 'commander.help') return 'no command was given. `gemmesh --help` lists them.'
  const [first = '', ...rest] = error.message.replace(/^error: /, '').split('\n')
  const sentence = /[.?!]$/.test(first) ? first : `${first}.`
  return [sentence, ...rest.map(line => line.replace(/^\((.*)\)$/, '$1')), 'See --help.'].join(' ')
}
