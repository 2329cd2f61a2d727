/** The semirings' micro-kernels of every processor against the reference, and against NumPy's own shortest paths. */
import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import t from 'tap'
import { type Dtype, dtypes } from '../../src/core/matrix.ts'
import { algebraOf, type Semiring, semirings } from '../../src/core/semiring.ts'
import { parseNpyHeader } from '../../src/formats/npy.ts'
import { blocking } from '../../src/kernel/blocking.ts'
import { LoneKernel } from '../../src/kernel/lone-kernel.ts'
import { compileProcessor, readProcessorImages } from '../../src/kernel/processor.ts'
import { layouts, Operands, type Product } from './operands.ts'

const others = semirings.filter(semiring => semiring !== 'plus-times')
const kernels = new Map<string, LoneKernel>()
for (const image of await readProcessorImages()) {
  kernels.set(image.variant, new LoneKernel(compileProcessor(image).module, 32 << 20))
}

const no = Number.NaN
const inf = Number.POSITIVE_INFINITY
/** Many zeros, for or-and; what is passed over, taken along, or wins against all others. */
const odd = {
  float32: [0, 0, 0, 0, -0, 1, -1, 2.5, inf, -inf, no, 2 ** -149, -(2 ** -140), 3e38],
  float64: [0, 0, 0, 0, -0, 1, -1, 2.5, inf, -inf, no, 2 ** -1074, -(2 ** -1030), 1e308],
  int32: [0, 0, 0, 0, 1, -1, 7, 2 ** 31 - 1, -(2 ** 31), 2 ** 30 - 1],
} as const satisfies Record<Dtype, readonly number[]>

/** Runs a product of odd values; answers have to be equal, but for the sign of a zero. */
function fault(kernel: LoneKernel, product: Product, rarity = 1): string | undefined {
  const operands = new Operands(kernel.arena, product)
  try {
    let state = product.seed ?? 1
    const next = (length: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) | 0
      return (state >>> 8) % length
    }
    const values = odd[product.dtype]
    for (const elements of [operands.a, operands.b, operands.c]) {
      for (let i = 0; i < elements.length; i++) {
        const value = elements[i] ?? 0
        elements[i] = next(4) === 0 ? (values[next(values.length)] ?? 0) : next(rarity) === 0 ? value : 0
      }
    }
    const wanted = operands.expected()
    kernel.gemm(operands.task)
    const at = wanted.findIndex((value, i) => operands.c[i] !== value && !Object.is(operands.c[i], value))
    return at === -1
      ? undefined
      : `${JSON.stringify(product)}: element ${at} is ${operands.c[at]}, the reference says ${wanted[at]}`
  } finally {
    operands.release()
  }
}

for (const [variant, kernel] of kernels) {
  for (const semiring of others) {
    t.test(`${variant} ${semiring}: sizes at the edges of micro-tiles, blocks and panels`, async t => {
      for (const dtype of dtypes) {
        const { mr, nr } = kernel.microTiles[dtype]
        const { mc, kc } = blocking[dtype]
        const faults: string[] = []
        const check = (m: number, n: number, k: number, beta: number) => {
          // Zeros so many that or-and of a deep k still depends on single elements.
          const found = fault(kernel, { semiring, dtype, m, n, k, beta, seed: m + n + k }, k > 50 ? 300 : 4)
          if (found !== undefined) faults.push(found)
        }
        for (const m of [1, 3, 4, 5, mr - 1, mr, mr + 1, 2 * mr + 1]) {
          for (const n of [1, nr - 1, nr, nr + 1, 2 * nr + 1]) {
            for (const k of [1, 2, 7, kc + 1]) for (const beta of [0, 1]) check(m, n, k, beta)
          }
        }
        for (const m of [mc - 1, mc + 2, 2 * mc + 1]) check(m, 19, 33, 1)
        check(5, 2051, 2 * kc + 1, 0)
        t.strictSame(faults, [], dtype)
      }
    })
  }

  t.test(`${variant}: no inner dimension: the sum of nothing, or C as the semiring sees it`, async t => {
    for (const semiring of others) {
      for (const dtype of dtypes) {
        for (const c of layouts) {
          for (const beta of [0, 1]) {
            t.equal(fault(kernel, { semiring, dtype, m: 7, n: 9, k: 0, beta, c }, 4), undefined)
          }
        }
        const { zero } = algebraOf(semiring, dtype)
        const operands = new Operands(kernel.arena, { semiring, dtype, m: 3, n: 5, k: 0 })
        kernel.gemm(operands.task)
        t.ok(
          operands.c.every(value => value === zero),
          `${semiring} ${dtype}: ${zero}`,
        )
        operands.release()
      }
    }
  })

  t.test(`${variant}: any product of any semiring is the reference's`, async () => {
    fc.assert(
      fc.property(
        fc.record({
          semiring: fc.constantFrom<Semiring>(...others),
          dtype: fc.constantFrom(...dtypes),
          m: fc.nat({ max: 40 }),
          n: fc.nat({ max: 70 }),
          k: fc.oneof(fc.nat({ max: 20 }), fc.integer({ min: 250, max: 270 })),
          beta: fc.constantFrom(0, 1),
          a: fc.constantFrom(...layouts),
          b: fc.constantFrom(...layouts),
          c: fc.constantFrom(...layouts),
          seed: fc.integer(),
        }),
        product => {
          const found = fault(kernel, product, 40)
          if (found !== undefined) throw new Error(found)
        },
      ),
      { numRuns: 400, seed: 20260722 },
    )
  })

  t.test(`${variant}: a NaN of A, B or C is passed over, on whichever side it stands`, async t => {
    for (const semiring of ['min-plus', 'max-plus', 'max-min'] as const) {
      const { zero } = algebraOf(semiring, 'float64')
      for (const side of ['a', 'b'] as const) {
        const product = { semiring, dtype: 'float64', m: 5, n: 9, k: 3, beta: 1 } as const
        const operands = new Operands(kernel.arena, product)
        operands[side].fill(Number.NaN)
        operands.c.fill(Number.NaN)
        kernel.gemm(operands.task)
        t.ok(
          operands.c.every(value => value === zero),
          `${semiring}, ${side}`,
        )
        operands.release()
      }
    }
  })

  t.test(`${variant}: NumPy's shortest paths of at most two edges`, async t => {
    const load = async (name: string) => {
      const path = new URL(`../fixtures/${name}`, import.meta.url).pathname
      const bytes = await readFile(path)
      const { shape, dataOffset } = parseNpyHeader(bytes, bytes.length, path)
      return { n: shape[0] ?? 0, data: new Float32Array(new Uint8Array(bytes.subarray(dataOffset)).buffer) }
    }
    const [edges, squared] = [await load('d-f32-graph.npy'), await load('d2-f32-graph.npy')]
    const { n } = edges
    const operands = new Operands(kernel.arena, { semiring: 'min-plus', dtype: 'float32', m: n, n, k: n })
    operands.a.set(edges.data)
    operands.b.set(edges.data)
    kernel.gemm(operands.task)
    t.strictSame(operands.c.slice(), squared.data)
    operands.release()
  })

  t.test(`${variant}: factors that a semiring does not have are refused`, async t => {
    const operands = new Operands(kernel.arena, { semiring: 'min-plus', dtype: 'float32', m: 2, n: 2, k: 2 })
    for (const factors of [{ alpha: 2 }, { alpha: 0 }, { beta: -1 }, { beta: 0.5 }]) {
      t.throws(() => kernel.gemm({ ...operands.task, ...factors }), { code: 'GEMMESH_USAGE' })
    }
    operands.release()
  })
}
