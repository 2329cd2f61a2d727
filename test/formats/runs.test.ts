import { open } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { type Runs, readRuns, writeRuns } from '../../src/formats/runs.ts'
import { patternBytes } from './make-npy.ts'

const content = patternBytes({ dtype: 'float32', rows: 1, columns: 1_500_000 })

/** Each way through the file: contiguous, a band, synchronous slices, long runs in the pool. */
const layouts: Readonly<Record<string, Runs>> = {
  'one run': { position: 3, strideBytes: 100_000, runBytes: 5, count: 1 },
  contiguous: { position: 11, strideBytes: 5000, runBytes: 5000, count: 1000 },
  'a band': { position: 7, strideBytes: 4000, runBytes: 12, count: 1400 },
  'a band to the last byte': { position: content.length - 3012, strideBytes: 1000, runBytes: 12, count: 4 },
  'far apart': { position: 5, strideBytes: 5000, runBytes: 100, count: 1100 },
  'long runs': { position: 5, strideBytes: 600_000, runBytes: 300_000, count: 9 },
}
const never = Number.POSITIVE_INFINITY
const always = -1

for (const [name, runs] of Object.entries(layouts))
  for (const [speed, slowMs] of [
    ['a fast disk', never],
    ['a slow disk', always],
  ] as const)
    for (const gap of [0, 3])
      t.test(`${name}, ${speed}, gaps of ${gap}`, async t => {
        const path = join(t.testdir({}), 'file')
        const stride = runs.runBytes + gap
        const packed = Buffer.alloc(runs.count * stride)
        const spread = Buffer.alloc(content.length)
        for (let index = 0; index < runs.count; index++) {
          const from = runs.position + index * runs.strideBytes
          content.copy(packed, index * stride, from, from + runs.runBytes)
          content.copy(spread, from, from, from + runs.runBytes)
        }
        const file = await open(path, 'w+')
        await file.truncate(content.length)
        await writeRuns(file, runs, packed, stride, slowMs)
        t.ok((await file.readFile()).equals(spread), 'written')
        const target = Buffer.alloc(packed.length)
        await readRuns(file, runs, target, stride, path, slowMs)
        t.ok(target.equals(packed), 'read')
        await file.close()
      })

t.test('past the end', async t => {
  const path = join(t.testdir({}), 'file')
  const file = await open(path, 'w+')
  await file.truncate(1000)
  for (const [name, runs] of Object.entries(layouts))
    for (const slowMs of [never, always])
      await t.rejects(
        readRuns(
          file,
          { ...runs, position: 2000 },
          new Uint8Array(runs.count * runs.runBytes),
          runs.runBytes,
          'f.npy',
          slowMs,
        ),
        { code: 'GEMMESH_NPY_INVALID', message: /^f\.npy: byte 2000 is not there any more/ },
        name,
      )
  await file.close()
})

t.test('nothing to do', async t => {
  const file = await open(join(t.testdir({}), 'file'), 'w+')
  for (const [runBytes, count] of [
    [0, 5],
    [5, 0],
  ] as const) {
    const runs = { position: 0, strideBytes: 10, runBytes, count }
    await readRuns(file, runs, new Uint8Array(0), 10, 'f')
    await writeRuns(file, runs, new Uint8Array(0), 10)
  }
  t.equal((await file.stat()).size, 0)
  await file.close()
})
