/** `gemmesh doctor`: what this machine gives gemmesh, and with --config whether the cluster answers. */
import { Command } from 'commander'
import { configOption, envOption, withExamples, withOutputOptions } from '../options.ts'
import { type OutputOptions, Terminal } from '../terminal.ts'

interface DoctorOptions extends OutputOptions {
  readonly config?: string
  readonly data?: string
}

export function doctorCommand(): Command {
  const command = new Command('doctor')
    .summary('find out what this machine gives, and what it lacks')
    .description(
      'Says what gemmesh finds on this machine: runtime, processors and how fast they are, cores and memory that it may ' +
        'really use, where nodes keep their data. With --config it checks that file and asks each node whether it is up.',
    )
    .addOption(configOption())
    .addOption(envOption('--data <folder>', 'data folder to look at', 'GEMMESH_DATA'))
    .action(doctor)
  return withExamples(withOutputOptions(command), [
    ['gemmesh doctor', 'this machine'],
    [
      'gemmesh doctor --config cluster.json',
      'and every node of this cluster; exit code 3 where one does not answer',
    ],
    ['gemmesh doctor --json', 'for programs'],
  ])
}

async function doctor(options: DoctorOptions): Promise<void> {
  const terminal = new Terminal(options)
  const { examineMachine, showMachine } = await import('../doctor/machine.ts')
  const machine = await examineMachine(options.data)
  terminal.print(showMachine(machine))
  terminal.record('machine', machine)
  if (!options.config) return
  const { examineCluster } = await import('../doctor/cluster.ts')
  await examineCluster(options.config, terminal)
}
