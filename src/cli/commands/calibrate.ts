/** `gemmesh calibrate`: how fast this machine is, and with --write into the configuration file. */
import { Command } from 'commander'
import type { CalibrateOptions } from '../calibrate/run-calibrate.ts'
import { configOption, countValue, envOption, withExamples, withOutputOptions } from '../options.ts'

export function calibrateCommand(): Command {
  const command = new Command('calibrate')
    .summary('measure this machine, and write its performance into the configuration')
    .description(
      'Multiplies matrices on all cores of this machine for two seconds, and says how fast it is. Its "performance" is the ' +
        'geometric mean of its float32 and float64 GFLOPS, so that figures of machines that were measured one by one compare; ' +
        'with --write it takes the place of the figure of this slave in the configuration file, and nothing else changes there. ' +
        'Measure when the machine has nothing else to do, and all slaves of a cluster: figures only count beside each other.',
    )
    .addOption(configOption())
    .addOption(envOption('--name <name>', 'which slave of the file this machine is', 'GEMMESH_NAME'))
    .option('--write', 'write the figure into the configuration file')
    .addOption(
      envOption(
        '--threads <count>',
        'threads to compute with (default: those of the slave in the file, else all cores)',
        'GEMMESH_THREADS',
      ).argParser(countValue),
    )
    .action(async (options: CalibrateOptions) => {
      const { runCalibrate } = await import('../calibrate/run-calibrate.ts')
      await runCalibrate(options)
    })
  return withExamples(withOutputOptions(command), [
    ['gemmesh calibrate', 'how fast this machine is'],
    ['gemmesh calibrate --config cluster.json --write', 'and its figure in this file'],
    ['gemmesh calibrate --config cluster.json --name gamma --json', 'as that slave, for programs'],
  ])
}
