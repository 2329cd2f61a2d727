import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Test, test } from 'tap'
import { GemmeshError } from '../../../src/errors.ts'
import { NpyReader } from '../../../src/formats/npy-reader.ts'
import { NpyWriter } from '../../../src/formats/npy-writer.ts'
import type { BulkSink, Received } from '../../../src/protocol/bulk.ts'
import type { BulkHeader } from '../../../src/protocol/messages.ts'
import { CombineJob } from '../../../src/roles/combine/combine-job.ts'
import type { TileJournal } from '../../../src/roles/combine/tile-commit.ts'
import { TileVectors } from '../../../src/verification/checks/tile-vectors.ts'
import { FaultyDisk } from '../../formats/faulty-disk.ts'

const job = 'job-1'
const [left, right] = [
  { row: 0, column: 0, rows: 2, columns: 2 },
  { row: 0, column: 2, rows: 2, columns: 1 },
]

async function openJob(t: Test, exact = true, journal: Partial<TileJournal> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'gemmesh-test-'))
  const path = join(folder, 'c.npy')
  const disk = new FaultyDisk()
  const spec = { dtype: 'int32', rows: 2, columns: 3, dimensions: 2 } as const
  const writer = await NpyWriter.create(path, spec, { disk })
  t.teardown(async () => {
    await writer.close()
    await rm(folder, { recursive: true })
  })
  const combine = new CombineJob(
    {
      job,
      dtype: 'int32',
      rows: 2,
      columns: 3,
      dimensions: 2,
      tiles: [left, right],
      replyTo: 'http://127.0.0.1:1',
      layers: 1,
      semiring: 'plus-times',
      exact,
    },
    writer,
    { vectors: new TileVectors(), journal: { placed: async () => {}, wrong: async () => {}, ...journal } },
  )
  const content = async () => {
    const reader = await NpyReader.open(path)
    const bytes = new Uint8Array(24)
    await reader.read({ row: 0, column: 0, rows: 2, columns: 3 }, bytes)
    await reader.close()
    return [...new Int32Array(bytes.buffer)]
  }
  return { combine, content, disk }
}

const headerOf = (unit: number, attempt: number, rest: Partial<BulkHeader> = {}): BulkHeader => ({
  dtype: 'int32',
  rows: 2,
  columns: unit === 0 ? 2 : 1,
  id: { job, unit, attempt, epoch: 1 },
  slave: 'gamma',
  ...rest,
})

/** A transfer of these values; `pause` is awaited between its two halves. */
const transfer =
  (header: BulkHeader, values: number[], pause: Promise<void> = Promise.resolve()) =>
  async (sink: BulkSink): Promise<Received> => {
    const bytes = new Uint8Array(Int32Array.from(values).buffer)
    const half = bytes.length / 2
    await sink.begin(header)
    await sink.data(0, bytes.subarray(0, half))
    await pause
    await sink.data(half, bytes.subarray(half))
    return { header, payloadBytes: bytes.length, digest: values.join() }
  }

test('tiles find their places', async t => {
  const { combine, content } = await openJob(t)
  await combine.receive(transfer(headerOf(1, 1), [3, 6]))
  t.notOk(combine.placement.complete)
  await combine.receive(transfer(headerOf(0, 1), [1, 2, 4, 5]))
  t.ok(combine.placement.complete)
  t.same(await content(), [1, 2, 3, 4, 5, 6])
})

test('the same tile again is fine, another one is refused and changes nothing', async t => {
  const { combine, content } = await openJob(t)
  await combine.receive(transfer(headerOf(0, 1), [1, 2, 4, 5]))
  await combine.receive(transfer(headerOf(0, 2), [1, 2, 4, 5]))
  await t.rejects(combine.receive(transfer(headerOf(0, 3), [9, 9, 9, 9])), {
    code: 'GEMMESH_TILE_REFUSED',
    message:
      /attempt 3 of unit 0 has other bytes than the tile that is placed, though .* one of the two slaves/,
  })
  t.same(
    (await content()).filter((_, index) => index % 3 !== 2),
    [1, 2, 4, 5],
  )
})

test('where processors may round differently, another tile is as good, and the first one stays', async t => {
  const { combine, content } = await openJob(t, false)
  await combine.receive(transfer(headerOf(0, 1), [1, 2, 4, 5]))
  await combine.receive(transfer(headerOf(0, 2), [1, 2, 4, 6]))
  t.same(
    (await content()).filter((_, index) => index % 3 !== 2),
    [1, 2, 4, 5],
  )
})

test('a newer attempt takes over from one that is stuck', async t => {
  const { combine, content } = await openJob(t)
  const stuck = Promise.withResolvers<void>()
  const old = combine.receive(transfer(headerOf(0, 1), [9, 9, 9, 9], stuck.promise))
  old.catch(() => {}) // looked at below
  await combine.receive(transfer(headerOf(0, 2), [1, 2, 4, 5]))
  stuck.resolve()
  await t.rejects(old, { code: 'GEMMESH_TILE_OVERTAKEN', message: /attempt 1 of unit 0 was overtaken/ })
  t.same(
    (await content()).filter((_, index) => index % 3 !== 2),
    [1, 2, 4, 5],
  )
})

test('an older attempt does not disturb a newer one', async t => {
  const { combine } = await openJob(t)
  const pause = Promise.withResolvers<void>()
  const newer = combine.receive(transfer(headerOf(0, 2), [1, 2, 4, 5], pause.promise))
  await t.rejects(combine.receive(transfer(headerOf(0, 1), [9, 9, 9, 9])), { code: 'GEMMESH_TILE_OVERTAKEN' })
  pause.resolve()
  await newer
  t.ok(combine.placement.isPlaced(0))
})

test('a tile that does not fit is refused before its data', async t => {
  const { combine } = await openJob(t)
  const table: [BulkHeader, message: RegExp][] = [
    [headerOf(7, 1), /unit 7 is not one of this job/],
    [headerOf(0, 1, { rows: 3 }), /the tile of unit 0 is 3x2 int32, the plan says 2x2 int32/],
    [headerOf(0, 1, { dtype: 'float32' }), /2x2 float32, the plan says 2x2 int32/],
    [
      headerOf(0, 1, { id: { job: 'other', unit: 0, attempt: 1, epoch: 1 } }),
      /a tile of job other was sent to job job-1/,
    ],
    [headerOf(0, 1, { id: undefined }), /not said/],
  ]
  for (const [header, message] of table) {
    await t.rejects(combine.receive(transfer(header, [1, 2])), { code: 'GEMMESH_TILE_REFUSED', message })
  }
  t.equal(combine.placement.unitsPlaced, 0)
})

test('what ends before it is whole is not placed, and may come again', async t => {
  const { combine, content } = await openJob(t)
  const broken = Promise.reject(new Error('connection lost'))
  broken.catch(() => {})
  await t.rejects(combine.receive(transfer(headerOf(0, 1), [9, 9, 9, 9], broken)), {
    message: 'connection lost',
  })
  t.notOk(combine.placement.isPlaced(0))
  await combine.receive(transfer(headerOf(0, 1), [1, 2, 4, 5]))
  t.same(
    (await content()).filter((_, index) => index % 3 !== 2),
    [1, 2, 4, 5],
  )
})

test('attempts are compared by epoch first', async t => {
  const { combine, content } = await openJob(t)
  const pause = Promise.withResolvers<void>()
  const ref = (epoch: number, attempt: number) => ({ id: { job, unit: 0, attempt, epoch } })
  const before = combine.receive(transfer(headerOf(0, 1, ref(1, 3)), [9, 9, 9, 9], pause.promise))
  before.catch(() => {})
  await combine.receive(transfer(headerOf(0, 1, ref(2, 1)), [1, 2, 4, 5]))
  pause.resolve()
  await t.rejects(before, { code: 'GEMMESH_TILE_OVERTAKEN' })
  const [one, two, , four, five] = await content()
  t.same([one, two, four, five], [1, 2, 4, 5])
})

test('a tile is placed when its bytes are flushed and its record is durable, in this order', async t => {
  const gate = Promise.withResolvers<void>()
  let journaled: unknown
  const { combine, disk } = await openJob(t, true, {
    placed(tile) {
      journaled = { tile, flushes: disk.flushes }
      return gate.promise
    },
  })
  const flushes = disk.flushes
  const receiving = combine.receive(transfer(headerOf(0, 1), [1, 2, 4, 5]))
  while (journaled === undefined) await new Promise(setImmediate)
  t.match(journaled, {
    tile: { unit: 0, epoch: 1, slave: 'gamma', bytes: 16, digest: '1,2,4,5' },
    flushes: flushes + 1,
  })
  t.notOk(combine.placement.isPlaced(0))
  gate.resolve()
  await receiving
  t.ok(combine.placement.isPlaced(0))
  t.equal(combine.tiles.get(0)?.digest, '1,2,4,5')
})

test('who comes while a tile is recorded writes nothing, and waits for what becomes of it', async t => {
  const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  let records = 0
  const { combine, content } = await openJob(t, false, {
    placed: () => gates[records++]?.promise ?? Promise.resolve(),
  })
  const first = combine.receive(transfer(headerOf(0, 1), [1, 2, 4, 5]))
  first.catch(() => {})
  while (records === 0) await new Promise(setImmediate)
  const second = combine.receive(transfer(headerOf(0, 2), [9, 9, 9, 9]))
  second.catch(() => {})
  gates[0]?.reject(new GemmeshError('GEMMESH_STORAGE_FULL', 'full'))
  await t.rejects(first, { code: 'GEMMESH_STORAGE_FULL' })
  await t.rejects(second, { code: 'GEMMESH_STORAGE_FULL' })
  t.notOk(combine.placement.isPlaced(0), 'the place is free')
  const third = combine.receive(transfer(headerOf(0, 3), [6, 6, 6, 6]))
  while (records === 1) await new Promise(setImmediate)
  const fourth = combine.receive(transfer(headerOf(0, 4), [7, 7, 7, 7]))
  gates[1]?.resolve()
  await Promise.all([third, fourth])
  const [one, two, , four, five] = await content()
  t.same([one, two, four, five], [6, 6, 6, 6])
  t.equal(combine.tiles.get(0)?.attempt, 3)
})

test('a flush that fails is said to all tiles that were on their way', async t => {
  const { combine, content, disk } = await openJob(t)
  const pause = Promise.withResolvers<void>()
  const other = combine.receive(transfer(headerOf(1, 1), [3, 6], pause.promise))
  other.catch(() => {})
  disk.flush = 'ENOSPC'
  await t.rejects(combine.receive(transfer(headerOf(0, 1), [1, 2, 4, 5])), { code: 'GEMMESH_STORAGE_FULL' })
  pause.resolve()
  await t.rejects(other, { code: 'GEMMESH_STORAGE_FULL' }, 'its bytes may have been thrown away, too')
  t.equal(combine.placement.unitsPlaced, 0)
  await combine.receive(transfer(headerOf(0, 2), [1, 2, 4, 5]))
  await combine.receive(transfer(headerOf(1, 2), [3, 6]))
  t.ok(combine.placement.complete)
  t.same(await content(), [1, 2, 3, 4, 5, 6])
})

test('a disk that fails is not a full one', async t => {
  const { combine, disk } = await openJob(t)
  disk.flush = 'EIO'
  await t.rejects(combine.receive(transfer(headerOf(0, 1), [1, 2, 4, 5])), { code: 'GEMMESH_STORAGE_FAILED' })
  disk.write = 'ENOSPC'
  await t.rejects(combine.receive(transfer(headerOf(0, 2), [1, 2, 4, 5])), { code: 'GEMMESH_STORAGE_FULL' })
})

test('a job that is stopped records nothing more', async t => {
  let records = 0
  const { combine } = await openJob(t, true, { placed: async () => void records++ })
  const pause = Promise.withResolvers<void>()
  const late = combine.receive(transfer(headerOf(0, 1), [1, 2, 4, 5], pause.promise))
  late.catch(() => {})
  combine.stop()
  pause.resolve()
  await t.rejects(late, { code: 'GEMMESH_TILE_OVERTAKEN' })
  await t.rejects(combine.receive(transfer(headerOf(1, 1), [3, 6])), { code: 'GEMMESH_TILE_OVERTAKEN' })
  t.equal(records, 0)
})
