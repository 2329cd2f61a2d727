/** The whole command line as one commander program; each command stands in its own file. */
import { Command } from 'commander'
import { version } from '../version.ts'
import { calibrateCommand } from './commands/calibrate.ts'
import { configCommand } from './commands/config.ts'
import { demoCommand } from './commands/demo.ts'
import { doctorCommand } from './commands/doctor.ts'
import { cancelCommand, jobCommand, jobsCommand } from './commands/jobs.ts'
import { multiplyCommand } from './commands/multiply.ts'
import { nodeCommand } from './commands/node.ts'
import { planCommand } from './commands/plan.ts'
import { withExamples } from './options.ts'

/** Ends by throwing (a CommanderError for --help, --version and wrong usage): exiting is main.ts's part. */
export function createProgram(): Command {
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
  const commands = [
    ...[multiplyCommand(), planCommand(), nodeCommand(), demoCommand()],
    ...[jobsCommand(), jobCommand(), cancelCommand()],
    ...[calibrateCommand(), configCommand(), doctorCommand()],
  ]
  for (const command of commands) program.addCommand(command)
  for (const command of [program, ...program.commands.flatMap(child => [child, ...child.commands])])
    command
      .exitOverride()
      .allowExcessArguments(false)
      // Commander's own words on errors are kept back: reportError says them, in one form for all errors.
      .configureOutput({ outputError() {} })
  return program
}
