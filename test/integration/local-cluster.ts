/** A cluster of nodes in this process, on real sockets of 127.0.0.x with ports that the system chose. */
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import type { Test } from 'tap'
import { type Cluster as Client, connect } from '../../src/client/index.ts'
import { type Cluster, identify, type Mode, parseCluster } from '../../src/config.ts'
import { type RunningNode, startNode } from '../../src/roles/node.ts'

export interface ClusterSpec {
  /** By slave. */
  readonly performance?: readonly number[]
  /** Both masters are one node. */
  readonly together?: boolean
  /** As the configuration file says them. */
  readonly options?: Record<string, unknown>
  readonly slaveMemory?: string
  /** Of the slaves alone, where their files differ from the masters'. */
  readonly slaveOptions?: Partial<Cluster['options']>
  readonly processorFolder?: URL
}

const slaveNames = ['gamma', 'delta', 'epsilon', 'zeta']

export class LocalCluster {
  readonly configuration: Cluster
  readonly folder: string
  readonly #nodes = new Map<string, RunningNode>()
  readonly #spec: ClusterSpec

  private constructor(configuration: Cluster, folder: string, spec: ClusterSpec) {
    this.configuration = configuration
    this.folder = folder
    this.#spec = spec
  }

  /** Nothing of it runs yet; the test's end closes whatever does then. */
  static async prepare(t: Test, spec: ClusterSpec = {}): Promise<LocalCluster> {
    const folder = await mkdtemp(join(tmpdir(), 'gemmesh-test-'))
    const performance = spec.performance ?? [1, 2, 4]
    const ips = [
      '127.0.0.1',
      spec.together ? '127.0.0.1' : '127.0.0.2',
      ...performance.map((_, i) => `127.0.0.${i + 3}`),
    ]
    const ports = await freePorts(ips)
    const at = (index: number) => ({ ip: ips[index], port: ports[index] })
    const file = {
      'master-assign': { name: 'alpha', ...at(0) },
      'master-combine': { name: spec.together ? 'alpha' : 'beta', ...at(1) },
      slaves: performance.map((figure, index) => ({
        name: slaveNames[index],
        ...at(index + 2),
        performance: figure,
        threads: 1,
        memory: spec.slaveMemory ?? '64MiB',
      })),
      options: { 'measured-performance': false, 'unit-edge': 64, 'block-edge': 32, ...spec.options },
    }
    const cluster = new LocalCluster(parseCluster(file, 'the test'), folder, spec)
    t.teardown(async () => {
      await cluster.stop(...cluster.#nodes.keys())
      await rm(folder, { recursive: true, force: true })
    })
    return cluster
  }

  /** All nodes run, and a client is connected. */
  static async start(t: Test, spec: ClusterSpec = {}): Promise<{ cluster: LocalCluster; client: Client }> {
    const cluster = await LocalCluster.prepare(t, spec)
    await cluster.run(...cluster.names)
    return { cluster, client: await cluster.connect(t) }
  }

  get names(): string[] {
    const { assign, combine, slaves } = this.configuration
    return [...new Set([assign.name, combine.name, ...slaves.map(({ name }) => name)])]
  }

  get origin(): string {
    const { ip, port } = this.configuration.assign
    return `http://${ip}:${port}`
  }

  async run(...names: string[]): Promise<void> {
    for (const name of names) await this.runAs(name)
  }

  async runAs(name: string, mode?: Mode): Promise<RunningNode> {
    const { slaves, options } = this.configuration
    const { slaveOptions, processorFolder } = this.#spec
    const isSlave = slaves.some(slave => slave.name === name)
    const node = await startNode({
      cluster: isSlave
        ? { ...this.configuration, options: { ...options, ...slaveOptions } }
        : this.configuration,
      self: identify(this.configuration, { name, mode, hostname: 'nowhere', addresses: [] }),
      dataFolder: join(this.folder, `${name}-${mode ?? ''}`),
      logger: pino({ level: 'silent' }),
      processorFolder,
    })
    this.#nodes.set(name, node)
    return node
  }

  async stop(...names: string[]): Promise<void> {
    await Promise.all(names.map(name => this.#nodes.get(name)?.close()))
    for (const name of names) this.#nodes.delete(name)
  }

  async connect(t: Test): Promise<Client> {
    const client = await connect(this.origin)
    t.teardown(() => client.close())
    return client
  }
}

/** Ports that were free a moment ago, all held at once so that they differ. */
async function freePorts(ips: readonly string[]): Promise<number[]> {
  const servers = await Promise.all(
    ips.map(async ip => {
      const server = createServer()
      await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, ip, resolve))
      return server
    }),
  )
  const ports = servers.map(server => {
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('a server without a port')
    return address.port
  })
  await Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))))
  return ports
}
