/** The jobs of a scenario, and what each has to give. */
import type { Rectangle } from '../../../src/core/geometry.ts'
import { npyDataOffset } from './npy-bytes.ts'
import { elementOf, multiply, type ProductOf } from './product.ts'
import type { SimMatrices } from './stores.ts'

export interface JobSpec {
  readonly a: string
  readonly b: string
  readonly c?: string | undefined
  readonly transA: boolean
  readonly transB: boolean
  readonly alpha: number
  readonly beta: number
  readonly shape: readonly [m: number, n: number, k: number]
}

interface Expected extends ProductOf {
  readonly shape: JobSpec['shape']
}

export class Jobs {
  readonly #matrices: SimMatrices
  readonly #expected = new Map<string, Expected>()

  constructor(matrices: SimMatrices) {
    this.#matrices = matrices
  }

  /** Master-assign gave the job this id. */
  accepted(id: string, { a, b, c, transA, transB, alpha, beta, shape }: JobSpec): void {
    const element = (matrix: string, transposed: boolean) => {
      const stored = elementOf(this.#matrices.matrix(matrix))
      return transposed ? (row: number, column: number) => stored(column, row) : stored
    }
    this.#expected.set(id, {
      ...{ shape, alpha, beta, a: element(a, transA), b: element(b, transB) },
      ...(c !== undefined && { c: element(c, false) }),
    })
  }

  productOf(id: string): ProductOf | undefined {
    return this.#expected.get(id)
  }

  /** Undefined where the file holds the job's product; else what is wrong with it. */
  differenceIn(id: string, file: Uint8Array): string | undefined {
    const expected = this.#expected.get(id)
    if (expected === undefined) return `no job has the id ${id}`
    const [m, n, k] = expected.shape
    const whole: Rectangle = { row: 0, column: 0, rows: m, columns: n }
    const wanted = multiply(whole, [0, k], expected)
    const start = npyDataOffset(file)
    if (file.length - start !== wanted.byteLength)
      return `it has ${file.length - start} bytes of data instead of ${wanted.byteLength}`
    const values = new DataView(file.buffer, file.byteOffset + start, wanted.byteLength)
    for (const [index, value] of wanted.entries()) {
      const found = values.getInt32(index * 4, true)
      if (found !== value)
        return `element ${Math.floor(index / n)}, ${index % n} is ${found} instead of ${value}`
    }
    return undefined
  }
}
