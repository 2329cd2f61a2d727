import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { bytesPerElement, dtypes } from '../../src/core/matrix.ts'
import { parseNpyHeader } from '../../src/formats/npy.ts'
import { NpyWriter } from '../../src/formats/npy-writer.ts'
import { rectangleOf } from './arbitraries.ts'
import { FaultyDisk } from './faulty-disk.ts'
import { cut, patternBytes, whole } from './make-npy.ts'

/** Cuts `length` at the given places, sorted, each once. */
const edges = (length: number, places: readonly number[]): number[] =>
  [...new Set([0, ...places.map(place => Math.min(place, length)), length])].sort((a, b) => a - b)

const grid = fc.record({
  dtype: fc.constantFrom(...dtypes),
  rows: fc.nat({ max: 40 }),
  columns: fc.nat({ max: 40 }),
  rowCuts: fc.array(fc.nat({ max: 40 }), { maxLength: 4 }),
  columnCuts: fc.array(fc.nat({ max: 40 }), { maxLength: 4 }),
  spanBytes: fc.integer({ min: 1, max: 700 }),
  gap: fc.nat({ max: 9 }),
})

t.test('tiles written at once, whole or in spans, make the matrix', async t => {
  const path = join(t.testdir({}), 'c.npy')
  await fc.assert(
    fc.asyncProperty(grid, async ({ dtype, rows, columns, rowCuts, columnCuts, spanBytes, gap }) => {
      const spec = { dtype, rows, columns, dimensions: 2 } as const
      const rowMajor = patternBytes(spec)
      const writer = await NpyWriter.create(path, spec)
      const rowEdges = edges(rows, rowCuts)
      const columnEdges = edges(columns, columnCuts)
      const writes: Promise<void>[] = []
      for (const [i, row] of rowEdges.entries())
        for (const [j, column] of columnEdges.entries()) {
          const tile = {
            row,
            column,
            rows: (rowEdges[i + 1] ?? row) - row,
            columns: (columnEdges[j + 1] ?? column) - column,
          }
          const bytes = cut(rowMajor, spec, tile)
          if ((i + j) % 2 === 0) {
            // With gaps between its rows.
            const rowBytes = tile.columns * bytesPerElement[dtype]
            const strideBytes = rowBytes + gap
            const spread = Buffer.alloc(tile.rows * strideBytes, 0xee)
            for (let index = 0; index < tile.rows; index++)
              bytes.copy(spread, index * strideBytes, index * rowBytes, (index + 1) * rowBytes)
            writes.push(writer.write(tile, spread, strideBytes))
          } else
            for (let at = 0; at < bytes.length; at += spanBytes)
              writes.push(writer.writeSpan(tile, at, bytes.subarray(at, at + spanBytes)))
        }
      await Promise.all(writes)
      await writer.sync()
      await writer.close()
      const file = readFileSync(path)
      const header = parseNpyHeader(file, file.length, path)
      return (
        header.rows === rows &&
        header.columns === columns &&
        file.subarray(header.dataOffset).equals(rowMajor)
      )
    }),
    { seed: 6, numRuns: 200 },
  )
})

t.test('a span touches nothing but itself', async t => {
  const path = join(t.testdir({}), 'c.npy')
  const spec = { dtype: 'int32', rows: 12, columns: 11, dimensions: 2 } as const
  const spans = rectangleOf(spec).chain(rectangle => {
    const bytes = rectangle.rows * rectangle.columns * 4
    return fc.tuple(fc.constant(rectangle), fc.nat({ max: bytes }), fc.nat({ max: bytes }))
  })
  await fc.assert(
    fc.asyncProperty(spans, async ([rectangle, from, to]) => {
      const writer = await NpyWriter.create(path, spec)
      const [start, end] = from < to ? [from, to] : [to, from]
      await writer.writeSpan(rectangle, start, new Uint8Array(end - start).fill(1))
      await writer.close()
      const data = readFileSync(path).subarray(-12 * 11 * 4)
      const inside = cut(data, spec, rectangle)
      const right = inside.every((byte, index) => byte === (index >= start && index < end ? 1 : 0))
      return right && data.filter(byte => byte === 1).length === end - start
    }),
    { seed: 7, numRuns: 200 },
  )
})

t.test('what was not written is zero, and the size is there from the start', async t => {
  const path = join(t.testdir({ 'c.npy': 'what was here before' }), 'c.npy')
  const writer = await NpyWriter.create(path, { dtype: 'float64', rows: 100, columns: 100, dimensions: 2 })
  await writer.close()
  const file = readFileSync(path)
  t.equal(file.length, writer.bytes)
  t.ok(file.subarray(-80_000).every(byte => byte === 0))
})

t.test('what goes to the disk in portions is the same file, and closing waits for it', async t => {
  const spec = { dtype: 'int32', rows: 64, columns: 16, dimensions: 2 } as const
  const bytes = patternBytes(spec)
  const path = join(t.testdir({}), 'c.npy')
  const writer = await NpyWriter.create(path, spec, { portionBytes: 100 })
  for (let row = 0; row < spec.rows; row++)
    await writer.write({ row, column: 0, rows: 1, columns: 16 }, bytes.subarray(64 * row, 64 * (row + 1)))
  await writer.sync()
  await writer.close()
  t.ok(readFileSync(path).subarray(-bytes.length).equals(bytes))
  await t.rejects(writer.sync(), { code: 'GEMMESH_OUTPUT_UNWRITABLE' }, 'a closed file has no disk')
})

t.test('what does not fit is refused', async t => {
  const path = join(t.testdir({}), 'c.npy')
  const writer = await NpyWriter.create(path, { dtype: 'int32', rows: 4, columns: 4, dimensions: 2 })
  const tile = { row: 0, column: 0, rows: 2, columns: 2 }
  await t.rejects(writer.write({ ...tile, row: 3 }, new Uint8Array(16)), { code: 'GEMMESH_USAGE' })
  await t.rejects(writer.write(tile, new Uint8Array(15)), { code: 'GEMMESH_USAGE' })
  for (const [offset, bytes] of [
    [0, 17],
    [16, 1],
    [-1, 1],
    [0.5, 1],
    [Number.NaN, 1],
  ] as const)
    await t.rejects(writer.writeSpan(tile, offset, new Uint8Array(bytes)), {
      code: 'GEMMESH_USAGE',
      message: /not inside the 16 bytes/,
    })
  await writer.writeSpan(tile, 16, new Uint8Array(0))
  await writer.close()
  await t.rejects(writer.write(whole(writer.spec), new Uint8Array(64)), { code: 'GEMMESH_OUTPUT_UNWRITABLE' })
  t.ok(
    readFileSync(path)
      .subarray(-64)
      .every(byte => byte === 0),
    'nothing was written',
  )
})

t.test('a disk without room is found before the work', async t => {
  const path = join(t.testdir({}), 'c.npy')
  const spec = { dtype: 'float64', rows: 30_000_000, columns: 30_000_000, dimensions: 2 } as const
  await t.rejects(NpyWriter.create(path, spec), {
    code: 'GEMMESH_STORAGE_FULL',
    message: /needs 7200000000000128 bytes, but the disk of .* has \d+ free/,
  })
  t.throws(() => readFileSync(path), { code: 'ENOENT' })
})

t.test('a file is gone on with after a restart, if it is the one that was begun', async t => {
  const spec = { dtype: 'int32', rows: 4, columns: 4, dimensions: 2 } as const
  const bytes = patternBytes(spec)
  const path = join(t.testdir({}), 'c.npy')
  t.equal(await NpyWriter.reopen(path, spec), undefined, 'there is none')
  const first = await NpyWriter.create(path, spec)
  await first.write({ row: 0, column: 0, rows: 2, columns: 4 }, bytes.subarray(0, 32))
  await first.close()
  t.equal(await NpyWriter.reopen(path, { ...spec, dtype: 'float32' }), undefined)
  t.equal(await NpyWriter.reopen(path, { ...spec, rows: 5 }), undefined)
  const second = await NpyWriter.reopen(path, spec)
  t.equal(second?.bytes, first.bytes)
  await second?.write({ row: 2, column: 0, rows: 2, columns: 4 }, bytes.subarray(32))
  await second?.close()
  t.ok(readFileSync(path).subarray(-bytes.length).equals(bytes))
  writeFileSync(path, readFileSync(path).subarray(1))
  t.equal(await NpyWriter.reopen(path, spec), undefined, 'cut')
})

t.test('a disk that does not take what was written says so, also of what went there in portions', async t => {
  const spec = { dtype: 'int32', rows: 4, columns: 4, dimensions: 2 } as const
  const bytes = patternBytes(spec)
  for (const [portionBytes, flush, code] of [
    [1000, 'ENOSPC', 'GEMMESH_STORAGE_FULL'],
    [1000, 'EDQUOT', 'GEMMESH_STORAGE_FULL'],
    [1000, 'EIO', 'GEMMESH_STORAGE_FAILED'],
    [10, 'EIO', 'GEMMESH_STORAGE_FAILED'],
    [10, 'ENOSPC', 'GEMMESH_STORAGE_FULL'],
  ] as const) {
    const disk = new FaultyDisk()
    const writer = await NpyWriter.create(join(t.testdir({}), 'c.npy'), spec, { portionBytes, disk })
    disk.flush = flush
    await writer.write(whole(spec), bytes)
    await t.rejects(writer.sync(), { code })
    await writer.sync()
    await writer.close()
  }
})
