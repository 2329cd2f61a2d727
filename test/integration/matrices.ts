/** Matrices for tests: seeded values, .npy files of them, and the naive product to compare with. */
import { readFile, writeFile } from 'node:fs/promises'
import { arrayOf, type Dtype, type Elements, unitRoundoff } from '../../src/core/matrix.ts'
import type { Semiring } from '../../src/core/semiring.ts'
import { npyHeaderBytes, parseNpyHeader } from '../../src/formats/npy.ts'
import { naiveGemm } from '../../src/kernel/naive.ts'

export interface Values {
  readonly dtype: Dtype
  readonly shape: readonly number[]
  readonly data: Elements
}

/** mulberry32: the same numbers for the same seed, on every machine. */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

function filled(dtype: Dtype, length: number, next: () => number): Elements {
  const data = new arrayOf[dtype](length)
  for (let index = 0; index < length; index++) data[index] = next()
  return data
}

/** Whole numbers from -8 to 8: products and sums of a few thousand of them are exact in every dtype. */
export function smallIntegers(seed: number, dtype: Dtype, shape: readonly number[]): Values {
  const random = randomFrom(seed)
  const length = shape.reduce((product, one) => product * one, 1)
  return { dtype, shape, data: filled(dtype, length, () => Math.floor(random() * 17) - 8) }
}

export function uniform(seed: number, dtype: 'float32' | 'float64', shape: readonly number[]): Values {
  const random = randomFrom(seed)
  const length = shape.reduce((product, one) => product * one, 1)
  return { dtype, shape, data: filled(dtype, length, () => random() * 2 - 1) }
}

export async function save(path: string, { dtype, shape, data }: Values): Promise<string> {
  const [first = 0, second] = shape
  const spec =
    second === undefined
      ? { dtype, rows: 1, columns: first, dimensions: 1 as const }
      : { dtype, rows: first, columns: second, dimensions: 2 as const }
  await writeFile(
    path,
    Buffer.concat([npyHeaderBytes(spec), new Uint8Array(data.buffer, data.byteOffset, data.byteLength)]),
  )
  return path
}

/** A little-endian file in C order, as gemmesh writes them. */
export async function load(path: string): Promise<Values> {
  const bytes = await readFile(path)
  const { dtype, shape, dataOffset } = parseNpyHeader(bytes, bytes.length, path)
  return { dtype, shape, data: new arrayOf[dtype](new Uint8Array(bytes.subarray(dataOffset)).buffer) }
}

export interface NaiveRequest {
  readonly transA?: boolean
  readonly transB?: boolean
  readonly alpha?: number
  readonly beta?: number
  readonly added?: Values
  readonly semiring?: Semiring
}

/** alpha*op(A)*op(B) + beta*C, or the same of another semiring, by three loops, rounded to the dtype once. */
export function naive(a: Values, b: Values, request: NaiveRequest = {}): Elements {
  const { transA = false, transB = false, alpha = 1, added, semiring = 'plus-times' } = request
  const [aRows = 0, aColumns = 0] = a.shape
  const [bRows = 0, bColumns = 0] = b.shape
  const [m, k] = transA ? [aColumns, aRows] : [aRows, aColumns]
  const n = transB ? bRows : bColumns
  const view = (columns: number, transposed: boolean) => ({
    offset: 0,
    rowStride: transposed ? 1 : columns,
    columnStride: transposed ? columns : 1,
  })
  const c = added === undefined ? new arrayOf[a.dtype](m * n) : added.data.slice()
  const beta = added === undefined ? 0 : (request.beta ?? 1)
  naiveGemm(
    {
      dtype: a.dtype,
      semiring,
      m,
      n,
      k,
      alpha,
      beta,
      a: view(aColumns, transA),
      b: view(bColumns, transB),
      c: view(n, false),
    },
    { a: a.data, b: b.data, c },
  )
  return c
}

/** The largest |found - wanted|, over what k roundings of values of size 1 may cost. At most 1 is right. */
export function errorRatio(found: Elements, wanted: Elements, k: number, dtype: Dtype): number {
  let largest = 0
  for (const [index, value] of wanted.entries()) {
    largest = Math.max(largest, Math.abs((found[index] ?? Number.NaN) - value))
  }
  return largest / ((k + 2) * k * unitRoundoff[dtype])
}
