/** A master-combine without sockets: its disk and its journal outlive it, and what it says to master-assign is kept. */
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { pino } from 'pino'
import { parseCluster } from '../../../src/config.ts'
import { GemmeshError } from '../../../src/errors.ts'
import type { BulkSink, Received } from '../../../src/protocol/bulk.ts'
import type { BulkHeader, OpenJob } from '../../../src/protocol/messages.ts'
import { type ReplyOf, type RequestOf, type RouteName, routeOf } from '../../../src/protocol/routes.ts'
import { CombineRole } from '../../../src/roles/combine/combine-role.ts'
import type { Shell } from '../../../src/roles/shell.ts'
import { machineWorld, type World } from '../../../src/roles/world.ts'
import { MemoryJournal, MemoryJournalFile } from '../../../src/store/journal/memory-journal.ts'
import type { Link } from '../../../src/transport/link.ts'
import { Traffic } from '../../../src/transport/traffic.ts'
import { FaultyDisk } from '../../formats/faulty-disk.ts'

const replyTo = 'http://127.0.0.1:7710'
const cluster = parseCluster(
  {
    'master-assign': { name: 'alpha', ip: '127.0.0.1' },
    'master-combine': { name: 'beta', ip: '127.0.0.2' },
    slaves: [{ name: 'gamma', ip: '127.0.0.3', performance: 1 }],
  },
  'the test',
)

/** 2x3 of int32 in two tiles, or in two layers of them. */
export const description = (job: string, layers = 1): OpenJob => ({
  job,
  dtype: 'int32',
  rows: 2,
  columns: 3,
  dimensions: 2,
  tiles: Array.from({ length: layers }, (_, layer) => [
    { row: 2 * layer, column: 0, rows: 2, columns: 2 },
    { row: 2 * layer, column: 2, rows: 2, columns: 1 },
  ]).flat(),
  replyTo,
  layers,
  semiring: 'plus-times',
  exact: true,
})

/** Who waits, waits for a turn of the loop. */
const world: World = {
  ...machineWorld,
  async delay(_, signal) {
    signal?.throwIfAborted()
    await turn()
  },
}

export interface Said {
  readonly route: RouteName
  readonly message: unknown
}

export class TestMachine {
  readonly disk = new FaultyDisk()
  readonly journalFile = new MemoryJournalFile()
  readonly said: Said[] = []
  readonly folder: string
  /** What master-assign answers; throw to refuse. */
  answer: (said: Said) => void = () => {}
  #journal: MemoryJournal | undefined
  /** Of the journal. */
  flush: () => Promise<void> = async () => {}
  #waiting: (() => void)[] = []

  constructor(folder: string) {
    this.folder = folder
  }

  start(): Promise<CombineRole> {
    const link: Link = {
      call: <R extends RouteName>(_: string, route: R, message: RequestOf<R>) => this.#hear(route, message),
      pull: unused,
      push: unused,
      fetchBytes: unused,
      close: async () => {},
    }
    const shell: Shell = {
      ...{ cluster, name: 'beta', dataFolder: this.folder, link, traffic: new Traffic() },
      ...{ logger: pino({ level: 'silent' }), world, disk: this.disk },
      openJournal: async () => {
        this.#journal = new MemoryJournal(this.journalFile, { flush: () => this.flush() })
        return this.#journal
      },
    }
    return CombineRole.open(shell, join(this.folder, 'results'))
  }

  /** The process is gone at once. */
  crash(options?: { reached: boolean }): void {
    this.#journal?.crash(options)
    this.disk.crash()
  }

  routes(): RouteName[] {
    return this.said.map(({ route }) => route)
  }

  /** Resolves when this was said, before or from now on. */
  async heard(route: RouteName, times = 1): Promise<void> {
    while (this.routes().filter(one => one === route).length < times)
      await new Promise<void>(resolve => this.#waiting.push(resolve))
  }

  async #hear<R extends RouteName>(route: R, message: RequestOf<R>): Promise<ReplyOf<R>> {
    await Promise.resolve()
    this.said.push({ route, message })
    for (const resolve of this.#waiting.splice(0)) resolve()
    this.answer({ route, message })
    return routeOf(route).reply.decode(new Uint8Array()) // all that it answers is that it heard
  }
}

const unused = (): Promise<never> => Promise.reject(new GemmeshError('GEMMESH_INTERNAL', 'not of this test'))

/** A slave's tile of these values. */
export const tile =
  (job: string, unit: number, values: readonly number[], attempt = 1, epoch = 1) =>
  async (sink: BulkSink): Promise<Received> => {
    const header: BulkHeader = {
      ...{ dtype: 'int32', rows: 2, columns: values.length / 2, id: { job, unit, attempt, epoch } },
      ...{ slave: 'gamma', variant: 'wide', processorSha256: 'ab'.repeat(32) },
    }
    const bytes = new Uint8Array(Int32Array.from(values).buffer)
    await sink.begin(header)
    await sink.data(0, bytes)
    return { header, payloadBytes: bytes.length, digest: values.map(value => value.toString(16)).join('') }
  }
