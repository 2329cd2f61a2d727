/** The demo's cluster: config/one-machine.json as five processes on free ports of this machine. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { defaultOptions } from '../../config/schema.ts'
import { type Cluster, parseCluster } from '../../config.ts'
import { asGemmeshError, GemmeshError } from '../../errors.ts'
import { NodeProcess } from './node-process.ts'
import { freePlaces } from './ports.ts'

/** From src/cli/demo/ and from dist/cli/demo/ alike. */
const template = new URL('../../../config/one-machine.json', import.meta.url)
/** Between the moment when a port is found free and the one when a node binds it, anybody may take it. */
const attempts = 3

export interface DemoCluster {
  readonly cluster: Cluster
  readonly configPath: string
  readonly nodes: readonly NodeProcess[]
  /** Rejects when a master ends without having been asked to; never resolves. */
  readonly failed: Promise<never>
  end(): Promise<void>
  /** At once, for when this process is about to end. */
  kill(): void
}

/** For matrices of `size`: starts the five processes and waits until each is ready. `onStart` gets the cluster before that. */
export async function startDemoCluster(
  folder: string,
  size: number,
  onStart: (cluster: DemoCluster) => void,
): Promise<DemoCluster> {
  for (let attempt = 1; ; attempt++) {
    const started = await spawnNodes(folder, size)
    onStart(started)
    try {
      await Promise.all(started.nodes.map(node => node.ready))
      return started
    } catch (error) {
      await started.end()
      const portTaken = asGemmeshError(error).message.includes('GEMMESH_PORT_TAKEN')
      if (!portTaken || attempt === attempts) throw error
    }
  }
}

async function spawnNodes(folder: string, size: number): Promise<DemoCluster> {
  const configPath = join(folder, 'cluster.json')
  const cluster = await writeConfig(configPath, size)
  const names = [cluster.assign, cluster.combine, ...cluster.slaves].map(({ name }) => name)
  const nodes = names.map(name => new NodeProcess({ name, config: configPath, data: join(folder, 'data') }))
  const isMaster = ({ name }: NodeProcess) => name === cluster.assign.name || name === cluster.combine.name
  const failed = Promise.race(nodes.filter(isMaster).map(node => node.failed))
  failed.catch(() => {}) // met by whoever races with it
  return {
    cluster,
    configPath,
    nodes,
    failed,
    async end() {
      await Promise.all(nodes.map(node => node.end()))
    },
    kill() {
      for (const node of nodes) node.kill()
    },
  }
}

/** The ready configuration for one machine, with places that are free now. */
async function writeConfig(path: string, size: number): Promise<Cluster> {
  const text = await readFile(template, 'utf8')
  const { assign, combine, slaves } = parseCluster(JSON.parse(text), template.pathname)
  const places = await freePlaces([assign, combine, ...slaves].map(({ ip }) => ip))
  const place = (index: number) => {
    const found = places[index]
    if (found === undefined) throw new GemmeshError('GEMMESH_INTERNAL', `no place for node ${index}`)
    return found
  }
  const file = {
    'master-assign': { name: assign.name, ...place(0) },
    'master-combine': { name: combine.name, ...place(1) },
    slaves: slaves.map((slave, index) => ({ ...slave, ...place(index + 2) })),
    options: {
      // The machine is one: measured, all slaves would be alike, and there were nothing to see of unlike ones.
      'measured-performance': false,
      // Small matrices would be one unit on one slave: the demo is to show them all at work.
      'unit-edge': Math.min(defaultOptions.unitEdge, Math.max(16, Math.floor(size / 2))),
    },
  }
  await writeFile(path, JSON.stringify(file, undefined, 2))
  return parseCluster(file, path)
}
