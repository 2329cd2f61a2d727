/** The semirings' micro-kernels of every processor against the reference, and against NumPy's own shortest paths; properties.test.ts takes any. */
import { readFile } from 'node:fs/promises'
import t from 'tap'
import { dtypes } from '../../src/core/matrix.ts'
import { algebraOf, semirings } from '../../src/core/semiring.ts'
import { parseNpyHeader } from '../../src/formats/npy.ts'
import { blocking } from '../../src/kernel/blocking.ts'
import type { LoneKernel } from '../../src/kernel/lone-kernel.ts'
import { loneKernels } from './lone-kernels.ts'
import { layouts, Operands, type Product, wrongness } from './operands.ts'

const others = semirings.filter(semiring => semiring !== 'plus-times')
const kernels = loneKernels()

/** What is wrong with a product of odd values: infinities, NaN, zeros of both signs. */
const fault = (kernel: LoneKernel, product: Product) =>
  wrongness(kernel.arena, { values: 'specials', ...product }, task => kernel.gemm(task))

/** Shapes of a processor that differ in gemm's rows alone share the micro-kernels of the semirings. */
const columnsSeen = new Set<string>()

for (const [variant, kernel] of kernels) {
  const fresh = dtypes.filter(dtype => {
    const key = `${variant.split(' ')[0]} ${dtype} ${kernel.microTiles[dtype].nr}`
    const isFresh = !columnsSeen.has(key)
    columnsSeen.add(key)
    return isFresh
  })
  if (fresh.length === 0) continue
  for (const semiring of others) {
    t.test(`${variant} ${semiring}: sizes at the edges of micro-tiles, blocks and panels`, async t => {
      for (const dtype of fresh) {
        const { mr, nr } = kernel.microTiles[dtype]
        const { mc, kc } = blocking[dtype]
        const faults: string[] = []
        const check = (m: number, n: number, k: number, beta: number) => {
          const found = fault(kernel, { semiring, dtype, m, n, k, beta, seed: m + n + k })
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
            t.equal(fault(kernel, { semiring, dtype, m: 7, n: 9, k: 0, beta, c }), undefined)
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
