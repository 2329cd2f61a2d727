/** A master-assign without sockets: its journal outlives it, what it says is kept, and its timers go off when told to. */
import { pino } from 'pino'
import { parseCluster } from '../../../src/config.ts'
import { GemmeshError } from '../../../src/errors.ts'
import { machineDisk } from '../../../src/formats/disk.ts'
import { protocolVersion } from '../../../src/protocol/limits.ts'
import { type ReplyOf, type RouteName, routeOf } from '../../../src/protocol/routes.ts'
import { AssignRole } from '../../../src/roles/assign/assign-role.ts'
import { machineWorld, type World } from '../../../src/roles/world.ts'
import { MemoryJournal, MemoryJournalFile } from '../../../src/store/journal/memory-journal.ts'
import type { Link } from '../../../src/transport/link.ts'
import { Traffic } from '../../../src/transport/traffic.ts'
import { processorsOf, SimMatrices } from '../../simulation/faults/stores.ts'

const cluster = parseCluster(
  {
    'master-assign': { name: 'alpha', ip: '127.0.0.1' },
    'master-combine': { name: 'beta', ip: '127.0.0.2' },
    slaves: [{ name: 'gamma', ip: '127.0.0.3', performance: 1 }],
    options: { 'plan-grace-ms': 0 },
  },
  'the test',
)
const [a, b] = ['a'.repeat(64), 'b'.repeat(64)]

/** Of two matrices that it has. */
export const request = { operation: 'gemm', a, b } as const

export class AssignMachine {
  readonly #folder: string
  readonly #file = new MemoryJournalFile()
  readonly #matrices = new SimMatrices()
  #role: AssignRole | undefined
  #timers: (() => void)[] = []
  /** The journal's disk. */
  isFull = false
  /** Routes of what it said, to anybody. */
  readonly said: RouteName[] = []

  constructor(folder: string) {
    this.#folder = folder
    for (const id of [a, b])
      this.#matrices.add(id, { rows: 2, columns: 2, values: Int32Array.from([1, 2, 3, 4]) })
  }

  async start(matrices = this.#matrices): Promise<AssignRole> {
    const unused = () => new Promise<never>(() => {})
    const link: Link = {
      call: async <R extends RouteName>(_: string, route: R): Promise<ReplyOf<R>> => {
        this.said.push(route)
        return routeOf(route).reply.decode(new Uint8Array())
      },
      ...{ pull: unused, push: unused, fetchBytes: unused, close: async () => {} },
    }
    const world: World = {
      ...machineWorld,
      after: (_, action) => {
        this.#timers.push(action)
        return () => {
          this.#timers = this.#timers.filter(timer => timer !== action)
        }
      },
    }
    const flush = async () => {
      if (this.isFull) throw new GemmeshError('GEMMESH_STORAGE_FULL', 'the disk is full')
    }
    const shell = {
      ...{ cluster, name: 'alpha', dataFolder: this.#folder, link, traffic: new Traffic() },
      ...{ logger: pino({ level: 'silent' }), world, disk: machineDisk },
      openJournal: async () => new MemoryJournal(this.#file, { flush }),
    }
    const folders = { data: this.#folder, matrices: this.#folder }
    this.#role = await AssignRole.open(shell, folders, { matrices, processors: processorsOf() })
    return this.#role
  }

  async stop(): Promise<void> {
    await this.#role?.close()
  }

  /** The only slave of the cluster registers. */
  registerSlave(): void {
    const facts = { name: 'gamma', incarnation: 'one', port: 7712, threads: 1, memoryBytes: 2 ** 28 }
    this.#role?.register({ ...facts, protocolVersion }, '127.0.0.3')
  }

  /** All that was to happen later, happens now; resolves when what it set off has come to its end. */
  async later(): Promise<void> {
    for (const timer of this.#timers.splice(0)) timer()
    await new Promise(resolve => setImmediate(resolve))
  }
}
