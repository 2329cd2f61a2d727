/** `gemmesh config check`: every fault at once, or a summary of what the file says. */
import { type Cluster, origin, readCluster } from '../../config.ts'
import { renderTable } from '../table.ts'
import { type OutputOptions, Terminal } from '../terminal.ts'
import { formatBytes } from '../units.ts'
import { asFile } from './as-file.ts'
import { filePath } from './file-path.ts'

export async function checkConfig(file: string | undefined, options: OutputOptions): Promise<void> {
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

function nodeCount({ assign, combine, slaves }: Cluster): string {
  const nodes = new Set([assign, combine, ...slaves].map(node => node.name)).size
  return nodes === 1 ? '1 node' : `${nodes} nodes`
}
