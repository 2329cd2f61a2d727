/** `gemmesh config check|print`: what a configuration file says, before a node is started on it. */
import { Argument, Command } from 'commander'
import { withExamples, withOutputOptions } from '../options.ts'
import type { OutputOptions } from '../terminal.ts'

export function configCommand(): Command {
  const file = () => new Argument('[file]', 'configuration file (environment: GEMMESH_CONFIG)')
  const check = new Command('check')
    .summary('report every fault of a configuration file')
    .description('Checks a configuration file and reports all of its faults at once, each with its place.')
    .addArgument(file())
    .action(async (path: string | undefined, options: OutputOptions) => {
      const { checkConfig } = await import('../config/check-config.ts')
      await checkConfig(path, options)
    })
  const print = new Command('print')
    .summary('print it with every default filled in')
    .description('Prints the configuration with every default filled in, as a configuration file.')
    .addArgument(file())
    .action(async (path: string | undefined, options: OutputOptions) => {
      const { printConfig } = await import('../config/print-config.ts')
      await printConfig(path, options)
    })
  withExamples(withOutputOptions(check), [
    ['gemmesh config check cluster.json', 'faults go to stderr, exit code 2; else a summary'],
    ['gemmesh config check cluster.json --json', 'the same for programs'],
  ])
  withExamples(withOutputOptions(print), [
    ['gemmesh config print cluster.json', 'ports, options: what the nodes will use'],
  ])
  return new Command('config')
    .summary('check or print a configuration file')
    .description('Says what a configuration file means, or what is wrong with it.')
    .addCommand(check)
    .addCommand(print)
}
