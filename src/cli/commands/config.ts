/** `gemmesh config check|print`: what a configuration file says, before a node is started on it. */
import { Argument, Command } from 'commander'
import { type Cluster, origin, readCluster } from '../../config.ts'
import { GemmeshError } from '../../errors.ts'
import { withExamples, withOutputOptions } from '../options.ts'
import { renderTable } from '../table.ts'
import { type OutputOptions, Terminal } from '../terminal.ts'
import { formatBytes } from '../units.ts'

export function configCommand(): Command {
  const file = () => new Argument('[file]', 'configuration file (environment: GEMMESH_CONFIG)')
  const check = new Command('check')
    .summary('report every fault of a configuration file')
    .description('Checks a configuration file and reports all of its faults at once, each with its place.')
    .addArgument(file())
    .action(checkConfig)
  const print = new Command('print')
    .summary('print it with every default filled in')
    .description('Prints the configuration with every default filled in, as a configuration file.')
    .addArgument(file())
    .action(printConfig)
  withExamples(withOutputOptions(check), [
    ['gemmesh config check cluster.json', 'faults go to stderr, exit code 2; else a summary'],
    ['gemmesh config check cluster.json --json', 'the same for programs'],
  ])
  withExamples(withOutputOptions(print), [
    ['gemmesh config print cluster.json', 'ports, options: what the nodes will use'],
  ])
  return new Command('config')
    .description('Check or print a configuration file.')
    .addCommand(check)
    .addCommand(print)
}

async function checkConfig(file: string | undefined, options: OutputOptions): Promise<void> {
  const terminal = new Terminal(options)
  const path = filePath(file)
  const cluster = await readCluster(path)
  const total = cluster.slaves.reduce((sum, slave) => sum + slave.performance, 0)
  terminal.print(`${path} is right: ${nodeCount(cluster)}, ${cluster.slaves.length} of them slaves`)
  terminal.print(
    renderTable(
      ['role', 'name', 'address', 'performance', 'share', 'threads', 'memory'],
      [
        ['assign', cluster.assign.name, origin(cluster.assign), '', '', '', ''],
        ['combine', cluster.combine.name, origin(cluster.combine), '', '', '', ''],
        ...cluster.slaves.map(slave => [
          'slave',
          slave.name,
          origin(slave),
          slave.performance,
          `${((100 * slave.performance) / total).toFixed(1)} %`,
          slave.threads ?? 'all cores',
          formatBytes(slave.memory ?? cluster.options.slaveMemoryBytes),
        ]),
      ],
      [3, 4, 5, 6],
    ),
  )
  terminal.record('config', { file: path, valid: true, config: asFile(cluster) })
}

async function printConfig(file: string | undefined, options: OutputOptions): Promise<void> {
  const terminal = new Terminal(options)
  const path = filePath(file)
  const config = asFile(await readCluster(path))
  terminal.print(JSON.stringify(config, undefined, 2))
  terminal.record('config', { file: path, valid: true, config })
}

function filePath(file: string | undefined): string {
  const path = file ?? process.env.GEMMESH_CONFIG ?? ''
  if (path !== '') return path
  throw new GemmeshError('GEMMESH_USAGE', 'no configuration file is given: name it, or set GEMMESH_CONFIG.')
}

function nodeCount({ assign, combine, slaves }: Cluster): string {
  const nodes = new Set([assign, combine, ...slaves].map(node => node.name)).size
  return nodes === 1 ? '1 node' : `${nodes} nodes`
}

/** The cluster in the file's own form, so that what is printed can be saved and used. */
function asFile({ assign, combine, slaves, options }: Cluster): object {
  // slaveMemoryBytes stands in the file as slave-memory: there a unit can be written behind the number.
  const hyphenated = (name: string) =>
    name.replace(/Bytes$/, '').replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)
  return {
    'master-assign': assign,
    'master-combine': combine,
    slaves,
    options: Object.fromEntries(Object.entries(options).map(([name, value]) => [hyphenated(name), value])),
  }
}
