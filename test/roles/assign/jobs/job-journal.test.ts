import { pino } from 'pino'
import t from 'tap'
import type { JobView } from '../../../../src/api/schemas.ts'
import { type Plan, planJob } from '../../../../src/core/plan.ts'
import { GemmeshError } from '../../../../src/errors.ts'
import type { NpyHeader } from '../../../../src/formats/npy.ts'
import { JobJournal } from '../../../../src/roles/assign/jobs/job-journal.ts'
import type { Submitted } from '../../../../src/roles/assign/jobs/job-records.ts'
import { machineWorld } from '../../../../src/roles/world.ts'
import { MemoryJournal, MemoryJournalFile } from '../../../../src/store/journal/memory-journal.ts'

const header: NpyHeader = {
  dtype: 'float32',
  rows: 70,
  columns: 90,
  dimensions: 2,
  shape: [70, 90],
  version: 1,
  fortranOrder: false,
  bigEndian: false,
  dataOffset: 128,
  dataBytes: 25_200,
}
const [idA, idB] = ['a'.repeat(64), 'b'.repeat(64)]
const file = { id: idA, header, path: '/data/a.npy', sizeBytes: 25_328, modifiedUs: 1_700_000_000_000_001 }
const submitted: Submitted = {
  request: {
    operation: 'gemm',
    a: { path: '/data/a.npy' },
    b: { url: 'http://b/b.npy' },
    alpha: 0.1,
    beta: 0,
  },
  operands: {
    a: { id: idA, header, file: { ...file, inode: '12345678901234567890' } },
    b: { id: idB, header, url: { id: idB, header, url: 'http://b/b.npy', sizeBytes: 25_328, etag: '"1"' } },
  },
  submittedAt: new Date(1_700_000_000_123),
  verificationSeed: '00ff',
}

const planOf = (job: string): Plan =>
  planJob({
    ...{ job, shape: [700, 900, 5000], dtype: 'float32', unitEdge: 64, cutsDepth: true },
    slaves: [1, 2.5, 1 / 3].map((performance, index) => ({ name: `slave${index}`, performance })),
  })

const viewOf = (id: string, state: JobView['state'] = 'done', unitsPlaced = 3): JobView => ({
  ...{ id, operation: 'gemm', state, dtype: 'float32', semiring: 'plus-times', reproducible: false },
  ...{ verify: true, shape: [70, 70, 90], priority: 0, submittedAt: '2026-01-02T03:04:05.678Z' },
  ...{ elapsedMs: 1.25, flops: 882_000, gflops: 0.7, unitsTotal: 3, unitsPlaced, elementsPlaced: 4900 },
  ...{ slaves: [], operands: [] },
})

/** A journal that takes no more while `isFull`, and timers that go off when told to. */
function place() {
  const disk = { file: new MemoryJournalFile(), isFull: false, timers: [] as (() => void)[] }
  const flush = async () => {
    if (disk.isFull) throw new GemmeshError('GEMMESH_STORAGE_FULL', 'the disk is full')
  }
  const world = {
    ...machineWorld,
    after(_: number, action: () => void) {
      disk.timers.push(action)
      return () => disk.timers.splice(disk.timers.indexOf(action), 1)
    },
  }
  const open = () =>
    JobJournal.open(new MemoryJournal(disk.file, { flush }), { logger: pino({ level: 'silent' }), world })
  const again = async (journal: JobJournal) => {
    await journal.close()
    return open()
  }
  return { disk, open, again }
}

t.test('a job is found as it was submitted and planned', async t => {
  const { open, again } = place()
  let journal = await open()
  await journal.submitted('one', 'key', submitted)
  journal = await again(journal)
  t.strictSame(journal.found(), [{ job: 'one', ...submitted }])
  const plan = planOf('one')
  const planned = { plan, prediction: undefined, plannedMs: 1_700_000_000_456 }
  await journal.planned('one', planned)
  await journal.planned('one', { ...planned, plan: planOf('two') })
  journal = await again(journal)
  const [found] = journal.found()
  t.strictSame(found?.planned?.plan, plan, 'a job has one plan')
  t.ok(Object.isFrozen(found?.planned?.plan.shares[0]?.grids[0]?.rowEdges))
  t.equal(found?.planned?.plannedMs, planned.plannedMs)
  t.equal(journal.jobOfKey('key'), 'one')
  t.strictSame(journal.endedViews, [])
})

t.test('an ended job is found by its view, with its last figures', async t => {
  const { disk, open, again } = place()
  let journal = await open()
  for (const job of ['one', 'two', 'three']) await journal.submitted(job, job, submitted)
  await journal.planned('one', { plan: planOf('one'), plannedMs: 1 })
  await journal.ended(viewOf('one', 'failed', 2), true)
  await journal.ended(viewOf('two'), false)
  await journal.ended(viewOf('one', 'failed', 3), true)
  await journal.ended(viewOf('nobody'), false)
  journal = await again(journal)
  t.strictSame(journal.endedViews, [viewOf('one', 'failed', 3), viewOf('two')])
  t.strictSame(journal.endedView('two'), viewOf('two'))
  t.strictSame(
    journal.found().map(({ job }) => job),
    ['three'],
  )
  t.strictSame(journal.abortsToSay(), ['one'])
  journal.abortHeard('one')
  journal.abortHeard('two')
  journal = await again(journal)
  t.strictSame(journal.abortsToSay(), [])
  t.equal(journal.jobOfKey('one'), 'one', 'keys of jobs that ended are known')
  t.equal(disk.file.records.length, 6, 'what counts no more is not kept')
})

t.test('the journal does not grow with the jobs that were', async t => {
  const { disk, open, again } = place()
  let journal = await open()
  await journal.submitted('open', 'open', submitted)
  let most = 0
  for (let job = 0; job < 3000; job++) {
    await journal.submitted(`job${job}`, undefined, submitted)
    await journal.ended(viewOf(`job${job}`), false)
    most = Math.max(most, disk.file.records.length)
  }
  t.ok(most < 2000, `${most} records at most`)
  t.equal(journal.endedViews.length, 256)
  journal = await again(journal)
  t.strictSame(
    journal.endedViews.map(({ id }) => id),
    Array.from({ length: 256 }, (_, index) => `job${2744 + index}`),
    'the latest are kept',
  )
  t.strictSame(
    journal.found().map(({ job }) => job),
    ['open'],
  )
})

t.test('a job that finds no room is not accepted, and its key is free', async t => {
  const { disk, open, again } = place()
  const journal = await open()
  disk.isFull = true
  const refused = journal.submitted('one', 'key', submitted)
  t.equal(journal.jobOfKey('key'), 'one', 'who comes meanwhile waits with it')
  await t.rejects(journal.accepted('one'), { code: 'GEMMESH_STORAGE_FULL' })
  await t.rejects(refused, { code: 'GEMMESH_STORAGE_FULL' })
  t.equal(journal.jobOfKey('key'), undefined)
  await journal.ended(viewOf('one', 'cancelled'), false)
  disk.isFull = false
  await journal.submitted('two', 'key', submitted)
  await journal.accepted('two')
  t.strictSame(
    (await again(journal)).found().map(({ job }) => job),
    ['two'],
  )
})

t.test('an end that finds no room is written when there is some', async t => {
  const { disk, open, again } = place()
  const journal = await open()
  await journal.submitted('one', undefined, submitted)
  disk.isFull = true
  await t.rejects(journal.planned('one', { plan: planOf('one'), plannedMs: 1 }), {
    code: 'GEMMESH_STORAGE_FULL',
  })
  await t.rejects(journal.ended(viewOf('one'), false), { code: 'GEMMESH_STORAGE_FULL' })
  await t.rejects(journal.endSaved('one'), { code: 'GEMMESH_STORAGE_FULL' }, 'who asks is told')
  t.strictSame(journal.endedView('one'), viewOf('one'))
  t.ok(journal.isEnding('one'))
  disk.isFull = false
  t.equal(disk.timers.length, 1)
  for (const timer of disk.timers.splice(0)) timer()
  await journal.endSaved('one')
  t.notOk(journal.isEnding('one'))
  disk.isFull = true
  await t.rejects(journal.ended(viewOf('one'), false), { code: 'GEMMESH_STORAGE_FULL' })
  t.notOk(journal.isEnding('one'), 'with other figures, but it has ended')
  t.strictSame((await again(journal)).endedViews, [viewOf('one')])
})

t.test('a disk that fails is said to whoever can end the node', async t => {
  const file = new MemoryJournalFile()
  const flush = async () => {
    throw new GemmeshError('GEMMESH_STORAGE_FAILED', 'the disk failed')
  }
  const shell = { logger: pino({ level: 'silent' }), world: machineWorld }
  const journal = await JobJournal.open(new MemoryJournal(file, { flush }), shell)
  await t.rejects(journal.submitted('one', undefined, submitted), { code: 'GEMMESH_STORAGE_FAILED' })
  await t.rejects(journal.alive, { code: 'GEMMESH_STORAGE_FAILED' })
})

t.test('records of another version are refused, but for views of what has ended', async t => {
  const record = (kind: string, value: unknown) => ({
    ...{ kind, job: 'one' },
    body: Buffer.from(JSON.stringify(value)),
  })
  const { disk, open, again } = place()
  const written = await open()
  await written.submitted('one', undefined, submitted)
  await written.close()
  const [first] = disk.file.records
  if (first === undefined) throw new Error('nothing was written')

  disk.file.records = [record('spell', {})]
  await t.rejects(open(), { code: 'GEMMESH_JOURNAL_DAMAGED', message: /kind "spell"/ })
  const plan = planOf('one')
  for (const faulty of [
    { plan: { ...plan, units: plan.units + 1 }, plannedMs: 1 },
    { plan: { ...plan, job: 'two' }, plannedMs: 1 },
    { plan: { ...plan, shares: plan.shares.slice(1) }, plannedMs: 1 },
    { plan: { ...plan, shares: undefined }, plannedMs: 1 },
    'nonsense',
  ]) {
    disk.file = new MemoryJournalFile()
    disk.file.records = [first, record('planned', faulty)]
    const journal = await open()
    t.throws(() => journal.found(), { code: 'GEMMESH_JOURNAL_DAMAGED' })
    await journal.close()
  }
  disk.file = new MemoryJournalFile()
  disk.file.records = [record('submitted', { operands: {} })]
  const journal = await open()
  t.throws(() => journal.found(), { code: 'GEMMESH_JOURNAL_DAMAGED', message: /submitted of job one/ })
  await journal.close()
  disk.file = new MemoryJournalFile()
  disk.file.records = [first, record('ended', { view: { id: 'one' }, aborts: false })]
  const ended = await again(await open())
  t.strictSame([ended.found(), ended.endedViews], [[], []], 'it has ended, and is not listed')
})
