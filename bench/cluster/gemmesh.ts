/** gemmesh: a cluster of five processes that stands already, and its command line. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { builtProgram } from '../built-program.ts'
import { ProcessCluster } from '../process-cluster.ts'
import { runCommand } from './command.ts'
import type { Contender } from './contender.ts'
import { residentBytes } from './proc.ts'

const slaves = ['gamma', 'delta', 'epsilon']

export interface GemmeshContender extends Contender {
  readonly cluster: ProcessCluster
}

/** `words`: of `gemmesh multiply`, besides files and configuration. */
export async function gemmesh(
  folder: string,
  options: Readonly<Record<string, unknown>>,
  words: readonly string[] = [],
): Promise<GemmeshContender> {
  const home = join(folder, 'gemmesh')
  await mkdir(home)
  const main = await builtProgram(home)
  const cluster = await ProcessCluster.start({
    folder: home,
    slaves: slaves.map(name => ({ name, performance: 1, threads: 1 })),
    // A and B lie where the masters may read them: the command does not upload them.
    options: { 'operand-folders': [folder], ...options },
  })
  return {
    name: 'gemmesh',
    about: `${slaves.length} slaves of one thread, masters for assigning and combining; gemmesh multiply A B -o C --config`,
    cluster,
    takes: () => true,
    multiply: async ({ files: { a, b, c } }) => {
      const files = [a, b, '-o', c, '--config', cluster.configPath]
      return (await runCommand([process.execPath, main, 'multiply', ...files, '--quiet', ...words])).ms
    },
    residentBytes: () => Promise.all([...cluster.pids().values()].map(residentBytes)),
    end: () => cluster.stop(),
  }
}
