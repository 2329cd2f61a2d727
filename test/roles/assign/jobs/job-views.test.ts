/** What users are told of how a job ends while the journal takes nothing: nothing that a loss of power takes back. */
import { pino } from 'pino'
import t from 'tap'
import { parseCluster } from '../../../../src/config.ts'
import { GemmeshError } from '../../../../src/errors.ts'
import { machineDisk } from '../../../../src/formats/disk.ts'
import { AssignRole } from '../../../../src/roles/assign/assign-role.ts'
import { machineWorld, type World } from '../../../../src/roles/world.ts'
import { MemoryJournal, MemoryJournalFile } from '../../../../src/store/journal/memory-journal.ts'
import type { Link } from '../../../../src/transport/link.ts'
import { Traffic } from '../../../../src/transport/traffic.ts'
import { processorsOf, SimMatrices } from '../../../simulation/faults/stores.ts'

const cluster = parseCluster(
  {
    'master-assign': { name: 'alpha', ip: '127.0.0.1' },
    'master-combine': { name: 'beta', ip: '127.0.0.2' },
    slaves: [{ name: 'gamma', ip: '127.0.0.3', performance: 1 }],
  },
  'the test',
)
const [a, b] = ['a'.repeat(64), 'b'.repeat(64)]
const request = { operation: 'gemm', a, b } as const

/** A master-assign whose slaves and whose master-combine never answer, and whose journal outlives it. */
class Machine {
  readonly #folder: string
  readonly #file = new MemoryJournalFile()
  readonly #matrices = new SimMatrices()
  #role: AssignRole | undefined
  isFull = false
  /** Set to go off some time. */
  timers: (() => void)[] = []

  constructor(folder: string) {
    this.#folder = folder
    for (const id of [a, b])
      this.#matrices.add(id, { rows: 2, columns: 2, values: Int32Array.from([1, 2, 3, 4]) })
  }

  async start(matrices = this.#matrices): Promise<AssignRole['users']> {
    const silent = () => new Promise<never>(() => {})
    const link: Link = { call: silent, pull: silent, push: silent, fetchBytes: silent, close: async () => {} }
    const world: World = {
      ...machineWorld,
      after: (_, action) => {
        this.timers.push(action)
        return () => {
          this.timers = this.timers.filter(timer => timer !== action)
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
    return this.#role.users
  }

  async stop(): Promise<void> {
    await this.#role?.close()
  }
}

t.test('that a job is cancelled is said when it is durable, however often it is asked', async t => {
  const machine = new Machine(t.testdir())
  let users = await machine.start()
  const { id } = await users.submit(request)
  machine.isFull = true
  for (const when of ['at first', 'again']) {
    await t.rejects(users.cancel(id), { code: 'GEMMESH_STORAGE_FULL' }, when)
    for (const view of [users.job(id), ...users.jobs()])
      t.match(view, { id, state: 'waiting', reason: /journal to take that it is cancelled/ })
    t.throws(() => users.resultLocation(id, false), { code: 'GEMMESH_JOB_UNFINISHED' })
  }
  machine.isFull = false
  const view = await users.cancel(id)
  t.strictSame([view.state, view.reason], ['cancelled', undefined])
  t.equal((await users.cancel(id)).state, 'cancelled', 'it stays what it is')
  await machine.stop()
  users = await machine.start()
  t.equal(users.job(id).state, 'cancelled')
  await machine.stop()
})

t.test('that a job failed is said when it is durable', async t => {
  const machine = new Machine(t.testdir())
  const { id } = await (await machine.start()).submit(request)
  await machine.stop()
  machine.isFull = true
  // Its matrices are gone.
  const users = await machine.start(new SimMatrices())
  await new Promise(resolve => setImmediate(resolve))
  const ending = users.job(id)
  t.match(ending, { state: 'waiting', reason: /journal to take that it is failed/ })
  t.equal(ending.fault, undefined)
  machine.isFull = false
  for (const timer of machine.timers.splice(0)) timer()
  await new Promise(resolve => setImmediate(resolve))
  t.match(users.job(id), { state: 'failed', fault: { code: 'GEMMESH_MATRIX_UNKNOWN' } })
  await machine.stop()
})
