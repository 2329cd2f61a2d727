/** The whole command line as one commander program; each command stands in its own file. */
import { Command } from 'commander'
import { version } from '../version.ts'
import { withExamples } from './options.ts'

/** In the order in which help lists them. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  multiply: async () => (await import('./commands/multiply.ts')).multiplyCommand(),
  plan: async () => (await import('./commands/plan.ts')).planCommand(),
  node: async () => (await import('./commands/node.ts')).nodeCommand(),
  demo: async () => (await import('./commands/demo.ts')).demoCommand(),
  jobs: async () => (await import('./commands/jobs.ts')).jobsCommand(),
  job: async () => (await import('./commands/jobs.ts')).jobCommand(),
  cancel: async () => (await import('./commands/jobs.ts')).cancelCommand(),
  calibrate: async () => (await import('./commands/calibrate.ts')).calibrateCommand(),
  config: async () => (await import('./commands/config.ts')).configCommand(),
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand(),
}

/**
 * With the command that `word` names alone, so that it starts soon; with all of them where it names none, for help. Ends by throwing
 * (a CommanderError for --help, --version and wrong usage): exiting is main.ts's part.
 */
export async function createProgram(word = ''): Promise<Command> {
  const program = new Command('gemmesh')
    .description('Multiplies matrices on this machine or on a mesh of machines, at the speed of native BLAS.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .addHelpText(
      'after',
      '\nExit codes:\n  0 done                      3 cluster unreachable\n  1 job failed                4 verification failed\n  2 usage or configuration    130 interrupted',
    )
  withExamples(program, [
    ['gemmesh multiply A.npy B.npy -o C.npy', 'C = A*B on all cores of this machine'],
    ['gemmesh multiply A.npy B.npy -o C.npy --config cluster.json', 'the same on a cluster'],
    ['gemmesh plan A.npy B.npy --config cluster.json', 'what that would take'],
    ['gemmesh demo', 'start a cluster of five processes here, multiply, check the result'],
    ['gemmesh multiply --help', 'everything about one command'],
  ])
  const named = Object.hasOwn(commands, word) ? commands[word] : undefined
  const load = named === undefined ? Object.values(commands) : [named]
  for (const command of await Promise.all(load.map(each => each()))) program.addCommand(command)
  for (const command of [program, ...program.commands.flatMap(child => [child, ...child.commands])])
    command
      .exitOverride()
      .allowExcessArguments(false)
      // Commander's own words on errors are kept back: reportError says them, in one form for all errors.
      .configureOutput({ outputError() {} })
  return program
}
