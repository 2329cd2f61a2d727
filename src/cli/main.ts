/** Runs the command line: the arguments in, the exit code out. */
import { isOn } from './options.ts'
import { createProgram } from './program.ts'
import { reportError } from './report-error.ts'

const lingerMs = 3000 // time for what a command left open to close by itself before the process is ended anyway

const words = process.argv.slice(2)
// Known before the words are parsed, so that a fault in them is said as JSON too.
const json = isOn(process.env.GEMMESH_JSON) || words.includes('--json')

// `gemmesh config print FILE | head -1` closes the pipe early: nobody reads on, so there is nothing to say.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit()
  throw error
})

function end(exitCode: number): void {
  process.exitCode = exitCode
  setTimeout(() => process.exit(), lingerMs).unref()
}

try {
  const [word = ''] = words
  const program = await createProgram(word)
  const isCommand = ['help', ...program.commands.map(command => command.name())].includes(word)
  // Commander would show help for `gemmesh mulitply --help` as if nothing were wrong.
  await program.parseAsync(isCommand || word.startsWith('-') ? words : words.slice(0, 1), { from: 'user' })
  end(0)
} catch (error) {
  end(reportError(error, json))
}
