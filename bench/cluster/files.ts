/** The matrix files of a benchmark of clusters: made once, changed before each trial, and checked by random vectors. */
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { writeRandomMatrix } from '../../src/cli/demo/random-matrix.ts'
import { arrayOf, bytesPerElement, type Dtype } from '../../src/core/matrix.ts'
import { NpyReader } from '../../src/formats/npy-reader.ts'

export interface Files {
  readonly a: string
  readonly b: string
  readonly c: string
}

const slabBytes = 2 ** 24
const unitRoundoff = { float32: 2 ** -24, float64: 2 ** -53, int32: 0 }
/** Of the elements of a product's operands, which lie evenly in [-1, 1). */
const meanSquare = 1 / 3
/** Sums are rounded in another order by each system; by chance, errors of n elements hardly ever add up to more than this. */
const slack = 4

type Vector = Float64Array<ArrayBuffer>

/** C = A*B, square. */
export class SquareFiles {
  readonly files: Files
  readonly dtype: Dtype
  readonly n: number
  #changes = 0

  private constructor(folder: string, dtype: Dtype, n: number) {
    const at = (name: string) => join(folder, `${name}-${dtype}-${n}.npy`)
    this.files = { a: at('a'), b: at('b'), c: at('c') }
    this.dtype = dtype
    this.n = n
  }

  static async create(folder: string, dtype: Dtype, n: number): Promise<SquareFiles> {
    const made = new SquareFiles(folder, dtype, n)
    await writeRandomMatrix(made.files.a, dtype, n, n, 1)
    await writeRandomMatrix(made.files.b, dtype, n, n, 2)
    return made
  }

  /** New content for A and B, so that nobody has met them before, and no C. */
  async renew(): Promise<void> {
    const change = ++this.#changes
    const { a, b, c } = this.files
    for (const path of [a, b]) {
      const reader = await NpyReader.open(path)
      const { dataOffset } = reader.header
      await reader.close()
      const file = await open(path, 'r+')
      const element = new arrayOf[this.dtype](1)
      element[0] = this.dtype === 'int32' ? change % 100 : (change % 1000) / 1000
      await file.write(new Uint8Array(element.buffer), 0, element.byteLength, dataOffset)
      await file.close()
    }
    await rm(c, { force: true })
  }

  /** Freivalds' check: C*x against A*(B*x), x of random signs. What is wrong is thrown. */
  async check(): Promise<void> {
    const { n, dtype } = this
    const { a, b, c } = this.files
    const x = Float64Array.from({ length: n }, () => (Math.random() < 0.5 ? -1 : 1))
    const expected = await times(a, dtype, n, await times(b, dtype, n, x))
    const found = await times(c, dtype, n, x)
    // The check's own sums, longer ones of larger numbers, are rounded to float64, too: that hides in float32, and doubles the rest.
    const own = dtype === 'float64' ? 2 : 1
    const allowed = own * slack * unitRoundoff[dtype] * n * meanSquare * Math.sqrt(n)
    const worst = found.reduce(
      (most, value, row) => Math.max(most, Math.abs(value - (expected[row] ?? Number.NaN))),
      0,
    )
    if (!(worst <= allowed)) throw new Error(`${c} is wrong: C*x is off by ${worst}, ${allowed} is allowed`)
  }
}

/** The product of a square matrix and a vector, a slab of rows at a time. */
async function times(path: string, dtype: Dtype, n: number, x: Vector): Promise<Vector> {
  const reader = await NpyReader.open(path)
  try {
    const { shape } = reader.header
    if (shape.join() !== `${n},${n}`) throw new Error(`${path} is of shape ${shape}, not ${n}x${n}`)
    const y = new Float64Array(n)
    const slabRows = Math.max(1, Math.floor(slabBytes / (n * bytesPerElement[dtype])))
    const slab = new Uint8Array(slabRows * n * bytesPerElement[dtype])
    for (let row = 0; row < n; row += slabRows) {
      const rows = Math.min(slabRows, n - row)
      const bytes = slab.subarray(0, rows * n * bytesPerElement[dtype])
      await reader.read({ row, column: 0, rows, columns: n }, bytes)
      const values = new arrayOf[dtype](slab.buffer)
      for (let i = 0; i < rows; i++) {
        let sum = 0
        for (let j = 0; j < n; j++) sum += (values[i * n + j] ?? 0) * (x[j] ?? 0)
        y[row + i] = sum
      }
    }
    return y
  } finally {
    await reader.close()
  }
}
