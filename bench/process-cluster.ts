/** A cluster of real processes on 127.0.0.x, for benchmarks and tests: nodes start, drain and die one by one. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Place as Address, freePlaces } from '../src/cli/demo/ports.ts'
import { type Cluster as Client, connect, health } from '../src/client/index.ts'
import type { CpuQuota } from './cpu-quota.ts'

const pollMs = 20
const main = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url))

export interface SlaveSpec {
  readonly name: string
  readonly performance: number
  readonly threads?: number
  readonly memory?: string
  readonly place?: Place
}

/** What a process is held to. */
export interface Place {
  /** Cores, as `taskset --cpu-list` takes them. */
  readonly cpus?: string
  /** So much of the cores' time. */
  readonly quota?: CpuQuota
}

/** The command that runs `command` in a place. */
export const inPlace = ({ cpus, quota }: Place, command: readonly string[]): readonly string[] => {
  const onCores = cpus === undefined ? command : ['taskset', '--cpu-list', cpus, ...command]
  return quota?.within(onCores) ?? onCores
}

export interface ClusterSpec {
  /** For the configuration and the nodes' data. */
  readonly folder: string
  readonly slaves: readonly SlaveSpec[]
  readonly masters?: Place
  /** Node's own flags for the nodes' processes, such as `--cpu-prof`. */
  readonly nodeFlags?: readonly string[]
  /** As the configuration says them. */
  readonly options?: Readonly<Record<string, unknown>>
  /** Both masters are one process, in mode assign-reduce. */
  readonly together?: boolean
  /** `info` where absent. */
  readonly logLevel?: string
  /** Each line that a node logs, as it comes. Where it is given, only the last lines of nodes' logs are kept. */
  readonly onLog?: (node: string, line: string) => void
}

interface NodeOutcome {
  readonly exitCode: number | null
  /** What it logged, as it stands on stderr; the last lines where `onLog` has them all. */
  readonly log: string
}

type View = Awaited<ReturnType<Client['info']>>

/** Of a log that somebody else keeps. */
const lastLines = 20

class NodeProcess {
  readonly ended: Promise<NodeOutcome>
  /** Never resolves; rejects when the process ends without having been told to. */
  readonly lost: Promise<never>
  readonly #child: ChildProcess
  #log: string[] = []
  #isTold = false

  constructor(
    name: string,
    words: readonly string[],
    place: Place,
    nodeFlags: readonly string[],
    onLog?: (line: string) => void,
  ) {
    const [file = '', ...rest] = inPlace(place, [process.execPath, ...nodeFlags, main, ...words])
    const kept = Object.entries(process.env).filter(([name]) => !/^(GEMMESH_|NODE_OPTIONS$)/.test(name))
    // Its standard input is a pipe from here: when this process is gone, even killed, the node notices and ends.
    this.#child = spawn(file, rest, { env: Object.fromEntries(kept), stdio: ['pipe', 'pipe', 'pipe'] })
    this.#child.stdin?.on('error', () => {}) // it went first; `ended` says so
    if (this.#child.stderr !== null)
      createInterface(this.#child.stderr).on('line', line => {
        onLog?.(line)
        this.#log.push(line)
        if (onLog !== undefined) this.#log = this.#log.slice(-lastLines)
      })
    this.ended = once(this.#child, 'close').then(() => ({
      exitCode: this.#child.exitCode,
      log: this.#log.join('\n'),
    }))
    this.lost = this.ended.then(({ exitCode }) => {
      if (this.#isTold) return new Promise<never>(() => {})
      const how = exitCode === null ? `of ${this.#child.signalCode}` : `with exit code ${exitCode}`
      const said = this.#log.slice(-lastLines).join('\n')
      throw new Error(`node ${name} ended ${how}, and nobody had told it to: ${said}`)
    })
    this.lost.catch(() => {}) // met by who waits for the cluster
  }

  async ready(): Promise<void> {
    const { stdout } = this.#child
    if (stdout === null) return
    const lines = createInterface(stdout)
    const [line] = await Promise.race([once(lines, 'line'), once(lines, 'close')])
    if (line === undefined) throw new Error(`a node did not start: ${(await this.ended).log}`)
  }

  /** To end. */
  get isTold(): boolean {
    return this.#isTold
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  signal(name: NodeJS.Signals): void {
    if (name !== 'SIGSTOP' && name !== 'SIGCONT') this.#isTold = true
    this.#child.kill(name)
  }

  async end(): Promise<void> {
    this.#isTold = true
    this.#child.stdin?.end()
    await this.ended
  }
}

export class ProcessCluster {
  readonly origin: string
  readonly resultsFolder: string
  readonly configPath: string
  /** Where each role listens, by the names of the slaves and 'assign' and 'combine'. */
  readonly places = new Map<string, Address>()
  readonly #placeOf: (name: string) => Place
  readonly #nodeFlags: readonly string[]
  readonly #folder: string
  readonly #spec: ClusterSpec
  readonly #origins = new Map<string, string>()
  readonly #nodes = new Map<string, NodeProcess>()
  #client: Client | undefined

  private constructor(spec: ClusterSpec, origin: string) {
    const { folder, slaves, masters = {}, nodeFlags = [] } = spec
    this.origin = origin
    this.#nodeFlags = nodeFlags
    this.#folder = folder
    this.#spec = spec
    const places = new Map(slaves.map(({ name, place = {} }) => [name, place]))
    this.#placeOf = name => places.get(name) ?? masters
    this.configPath = join(folder, 'cluster.json')
    this.resultsFolder = join(folder, 'data', spec.together ? 'alpha' : 'beta', 'results')
  }

  /** Its configuration; nothing runs yet. */
  static async prepare(spec: ClusterSpec): Promise<ProcessCluster> {
    const ips = [1, spec.together ? 1 : 2, ...spec.slaves.map((_, index) => index + 3)].map(
      last => `127.0.0.${last}`,
    )
    const places = await freePlaces(ips)
    const [assign, combine, ...rest] = places
    const cluster = new ProcessCluster(spec, `http://${assign?.ip}:${assign?.port}`)
    const names = ['assign', 'combine', ...spec.slaves.map(({ name }) => name)]
    for (const [index, address] of places.entries()) cluster.places.set(names[index] ?? '', address)
    for (const [index, { name }] of spec.slaves.entries())
      cluster.#origins.set(name, `http://${rest[index]?.ip}:${rest[index]?.port}`)
    const file = {
      'master-assign': { name: 'alpha', ...assign },
      'master-combine': { name: spec.together ? 'alpha' : 'beta', ...combine },
      slaves: spec.slaves.map(({ place: _, ...slave }, index) => ({ ...slave, ...rest[index] })),
      options: { ...spec.options },
    }
    await writeFile(cluster.configPath, JSON.stringify(file, undefined, 2))
    return cluster
  }

  /** Every node runs, every slave is a member. */
  static async start(spec: ClusterSpec): Promise<ProcessCluster> {
    const cluster = await ProcessCluster.prepare(spec)
    try {
      await cluster.run(...cluster.masters, ...spec.slaves.map(({ name }) => name))
      await cluster.members(...spec.slaves.map(({ name }) => name))
      return cluster
    } catch (error) {
      await cluster.stop()
      throw error
    }
  }

  /** The masters' processes: one or two. */
  get masters(): readonly string[] {
    return this.#spec.together ? ['alpha'] : ['alpha', 'beta']
  }

  async run(...names: string[]): Promise<void> {
    const { logLevel = 'info', onLog } = this.#spec
    const started = names.map(name => {
      const words = ['node', '--config', this.configPath, '--name', name, '--json', '--until-stdin-ends']
      const data = ['--data', join(this.#folder, 'data'), '--log-level', logLevel]
      const heard = onLog && ((line: string) => onLog(name, line))
      const node = new NodeProcess(name, [...words, ...data], this.#placeOf(name), this.#nodeFlags, heard)
      this.#nodes.set(name, node)
      return node.ready()
    })
    await Promise.all(started)
  }

  async client(): Promise<Client> {
    this.#client ??= await connect(this.origin)
    return this.#client
  }

  /** Waits until these slaves are members. */
  async members(...names: string[]): Promise<void> {
    await this.until(({ slaves }) =>
      names.every(name => slaves.some(slave => slave.name === name && slave.state === 'present')),
    )
  }

  /** Asks for the cluster's state until it is so. Rejects when a node has ended that nobody told to: it might never be. */
  async until(isSo: (view: View) => boolean): Promise<void> {
    let isOver = false
    const ask = async () => {
      while (!isOver) {
        const view = await this.#view()
        if (view !== undefined && isSo(view)) return
        await delay(pollMs)
      }
    }
    try {
      await Promise.race([ask(), ...[...this.#nodes.values()].map(({ lost }) => lost)])
    } finally {
      isOver = true
    }
  }

  /** Undefined where master-assign does not answer, and should: if it is dead, its process has ended, or will in a moment. */
  async #view(): Promise<View | undefined> {
    try {
      const client = await this.client()
      return await client.info()
    } catch (error) {
      if (this.#nodes.get('alpha')?.isTold === false) return undefined
      throw error
    }
  }

  /** Work units in the hands of a slave's process, as it says itself. */
  async unitsOpen(name: string): Promise<number> {
    const { unitsOpen = 0 } = await health(this.#origins.get(name) ?? '')
    return unitsOpen
  }

  signal(name: string, signal: NodeJS.Signals): void {
    this.#nodes.get(name)?.signal(signal)
  }

  /** The processes of its nodes, by their names. */
  pids(): ReadonlyMap<string, number> {
    const known = new Map<string, number>()
    for (const [name, { pid }] of this.#nodes) if (pid !== undefined) known.set(name, pid)
    return known
  }

  /** As a crash does: at once. Resolves when the process is gone. */
  async kill(...names: string[]): Promise<void> {
    for (const name of names) this.signal(name, 'SIGKILL')
    await Promise.all(names.map(name => this.#nodes.get(name)?.ended))
  }

  /** How the process of this node ended. */
  async ended(name: string): Promise<NodeOutcome | undefined> {
    return this.#nodes.get(name)?.ended
  }

  async stop(): Promise<void> {
    await this.#client?.close()
    await Promise.all([...this.#nodes.values()].map(node => node.end()))
  }
}
