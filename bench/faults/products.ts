/** Products whose result is known to the last bit: small whole numbers, in files, and what the naive loops make of them. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { npyHeaderBytes, parseNpyHeader } from '../../src/formats/npy.ts'
import { naiveGemm } from '../../src/kernel/naive.ts'
import { Random } from './random.ts'

const arrays = { int32: Int32Array, float64: Float64Array }
export type ExactDtype = keyof typeof arrays

export interface ExactProduct {
  readonly name: string
  readonly a: string
  readonly b: string
  /** Of the result, row by row. */
  readonly wanted: Uint8Array
}

/** Matrices of m x k and k x n in `folder`, with elements from -8 to 8. */
export async function exactProduct(
  folder: string,
  dtype: ExactDtype,
  [m, n, k]: readonly [number, number, number],
  seed: number,
): Promise<ExactProduct> {
  const random = new Random(seed)
  const filled = (length: number) => new arrays[dtype](length).map(() => random.below(17) - 8)
  const [a, b, c] = [filled(m * k), filled(k * n), new arrays[dtype](m * n)]
  const view = (columns: number) => ({ offset: 0, rowStride: columns, columnStride: 1 })
  naiveGemm({ dtype, m, n, k, alpha: 1, beta: 0, a: view(k), b: view(n), c: view(n) }, { a, b, c })
  const name = `${dtype} ${m}x${n}x${k}`
  const save = async (letter: string, data: Int32Array | Float64Array, rows: number, columns: number) => {
    const path = join(folder, `${letter}-${dtype}-${seed}.npy`)
    await writeFile(path, [npyHeaderBytes({ dtype, rows, columns, dimensions: 2 }), bytesOf(data)])
    return path
  }
  return { name, a: await save('a', a, m, k), b: await save('b', b, k, n), wanted: bytesOf(c) }
}

/** Whether the file holds the product, every bit of it. */
export async function isExact(path: string, { wanted }: ExactProduct): Promise<boolean> {
  const bytes = await readFile(path)
  const { dataOffset } = parseNpyHeader(bytes, bytes.length, path)
  return Buffer.compare(bytes.subarray(dataOffset), wanted) === 0
}

const bytesOf = (data: Int32Array | Float64Array): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
