/**
 * What verification costs both masters for one product, without a cluster around it: references from files in the page cache,
 * and the sums of all tiles. Milliseconds, best and median of some rounds; CPU time counts the reading threads, too.
 *
 *   node bench/verification-cost.ts [--n 4096] [--rounds 7] [--strips 2]
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import { bytesPerElement, type Dtype, dtypes } from '../src/core/matrix.ts'
import { productOf } from '../src/core/product.ts'
import { NpyReader } from '../src/formats/npy-reader.ts'
import { NpyWriter } from '../src/formats/npy-writer.ts'
import { TileCheck } from '../src/verification/checks/tile-check.ts'
import { TileVectors } from '../src/verification/checks/tile-vectors.ts'
import { KeptChecker } from '../src/verification/references/kept-checker.ts'
import { makeReferences, type ReadOperand } from '../src/verification/references/references.ts'
import { matrixOf, random } from '../test/kernel/operands.ts'
import { seed, unitsBetween } from '../test/verification/multiplication.ts'

const { values } = parseArgs({
  options: { n: { type: 'string' }, rounds: { type: 'string' }, strips: { type: 'string' } },
})
const n = Number(values.n ?? 4096)
const rounds = Number(values.rounds ?? 7)
const strips = Number(values.strips ?? 2)
/** Of what comes from a connection at a time, and at which address: behind the beginning of a message. */
const [sliceBytes, sliceOffset] = [64 * 1024, 13]

const edges = (parts: number) =>
  Array.from({ length: parts + 1 }, (_, index) => Math.round((n * index) / parts))
const units = unitsBetween(edges(2), edges(strips), [0, n])
const vectors = new TileVectors()
const checker = new KeptChecker()
const folder = await mkdtemp(join(tmpdir(), 'gemmesh-verification-'))

async function measure(dtype: Dtype) {
  const next = random(1)
  const { data } = matrixOf(
    dtype,
    n,
    n,
    dtype === 'int32' ? () => (next() * 2 ** 32) | 0 : () => next() * 2 - 1,
  )
  const bytes = new Uint8Array(sliceOffset + data.byteLength).subarray(sliceOffset)
  bytes.set(new Uint8Array(data.buffer))
  const path = join(folder, `${dtype}.npy`)
  const writer = await NpyWriter.create(path, { dtype, rows: n, columns: n, dimensions: 2 })
  await writer.write({ row: 0, column: 0, rows: n, columns: n }, bytes)
  await writer.close()
  const reader = await NpyReader.open(path)
  const facts = (name: string) => ({ name, dtype, shape: [n, n] })
  const product = productOf({ a: facts('A'), b: facts('B'), transA: false, transB: false, alpha: 1, beta: 0 })
  const job = {
    product,
    semiring: 'plus-times',
    alpha: 1,
    beta: 0,
    reproducible: false,
    stepDepth: 1024,
    seed,
  } as const
  const { signal } = new AbortController()
  const figures = { wall: [0], cpu: [0], stall: [0], tiles: [0], slice: [0] }
  for (const list of Object.values(figures)) list.pop()
  for (let round = 0; round < rounds; round++) {
    const delay = monitorEventLoopDelay({ resolution: 1 })
    const before = process.cpuUsage()
    const start = performance.now()
    delay.enable()
    let made = 0
    const read: ReadOperand = (_, stored, target) => reader.read(stored, target)
    const references = makeReferences(job, units, read, signal, checker)
    for await (const _ of references) made++
    delay.disable()
    figures.wall.push(performance.now() - start)
    const { user, system } = process.cpuUsage(before)
    figures.cpu.push((user + system) / 1000)
    figures.stall.push(delay.max / 1e6)
    if (made !== units.length) throw new Error(`${made} references of ${units.length}`)
    figures.tiles.push(sumTiles(dtype, bytes, figures.slice))
  }
  await reader.close()
  const of = (list: number[]) => {
    const sorted = list.toSorted((x, y) => x - y)
    return `${sorted[0]?.toFixed(1)} / ${sorted[sorted.length >> 1]?.toFixed(1)}`
  }
  return {
    'references, ms': of(figures.wall),
    'their CPU, ms': of(figures.cpu),
    'loop held, ms': of(figures.stall),
    'tiles, ms': of(figures.tiles),
    'a slice, ms': of(figures.slice),
  }
}

function sumTiles(dtype: Dtype, bytes: Uint8Array, slices: number[]): number {
  let total = 0
  let longest = 0
  for (const { unit, tile } of units) {
    const check = new TileCheck({ unit, tile, dtype, semiring: 'plus-times', seed }, vectors)
    const tileBytes = tile.rows * tile.columns * bytesPerElement[dtype]
    for (let at = 0; at < tileBytes; at += sliceBytes) {
      const start = performance.now()
      check.data(at, bytes.subarray(at, Math.min(tileBytes, at + sliceBytes)))
      const ms = performance.now() - start
      total += ms
      longest = Math.max(longest, ms)
    }
  }
  slices.push(longest)
  return total
}

try {
  const table: Record<string, Awaited<ReturnType<typeof measure>>> = {}
  for (const dtype of dtypes) table[dtype] = await measure(dtype)
  console.log(`n = ${n}, ${units.length} units, ${strips} strips of columns; best / median of ${rounds}`)
  console.table(table)
} finally {
  await rm(folder, { recursive: true })
}
