/** `gemmesh node`: this process becomes a node of a cluster, until it is told to stop. */
import { Command, Option } from 'commander'
import { modes } from '../../config/identify.ts'
import type { NodeOptions } from '../node/be-node.ts'
import { configOption, envOption, withExamples, withOutputOptions } from '../options.ts'

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']

export function nodeCommand(): Command {
  const command = new Command('node')
    .summary('be a node of a cluster')
    .description(
      'Starts this process as the node of the cluster that it is by --name, else by its hostname, else by its addresses. What ' +
        'it does follows from where it stands in the file: master-assign, master-combine, both, or slave. SIGINT or SIGTERM ' +
        'ends it in good order.',
    )
    .addOption(configOption())
    .addOption(envOption('--name <name>', 'which node of the file this is', 'GEMMESH_NAME'))
    .addOption(
      envOption('--mode <mode>', 'which of its roles, where it has more than one', 'GEMMESH_MODE').choices(
        modes,
      ),
    )
    .addOption(
      envOption(
        '--data <folder>',
        'where it keeps matrices and results (default: one per user and name)',
        'GEMMESH_DATA',
      ),
    )
    .addOption(
      envOption(
        '--processors <folder>',
        'processors that master-assign serves (default: those installed)',
        'GEMMESH_PROCESSORS',
      ),
    )
    .addOption(
      envOption('--log-level <level>', 'how much it logs to stderr', 'GEMMESH_LOG_LEVEL')
        .choices(logLevels)
        .default('info'),
    )
    .addOption(
      new Option(
        '--until-stdin-ends',
        'end as well when standard input does: with the process that started it',
      ),
    )
    .action(async (options: NodeOptions) => {
      const { beNode } = await import('../node/be-node.ts')
      await beNode(options)
    })
  return withExamples(withOutputOptions(command), [
    ['gemmesh node --config cluster.json', 'the node of this machine'],
    ['gemmesh node --config config/one-machine.json --name gamma', 'one of many nodes on this machine'],
    [
      'gemmesh node --config cluster.json --mode reduce --json',
      'only placing tiles; a line of JSON when it is ready',
    ],
  ])
}
