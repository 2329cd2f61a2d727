/** The kernel of every processor against the reference: sizes at the edges of each loop, strides, alpha, beta, special values; properties.test.ts takes any. */
import t from 'tap'
import { type Dtype, dtypes } from '../../src/core/matrix.ts'
import { blocking } from '../../src/kernel/blocking.ts'
import { LoneKernel } from '../../src/kernel/lone-kernel.ts'
import { compileProcessor, optimizing } from '../../src/kernel/processor.ts'
import { acceptedImages, acceptedVariants, loneKernels } from './lone-kernels.ts'
import { layouts, Operands, type Product, wrongness } from './operands.ts'

const kernels = loneKernels()
t.strictSame([...new Set([...kernels.keys()].map(name => name.split(' ')[0]))], acceptedVariants)

const around = (size: number) => [size - 1, size, size + 1].filter(each => each > 0)
const unique = (sizes: number[]) => [...new Set(sizes)]

for (const [variant, kernel] of kernels) {
  const check = (product: Product) => wrongness(kernel.arena, product, task => kernel.gemm(task))
  const micro = (dtype: Dtype) => kernel.microTiles[dtype]

  t.test(`${variant}: sizes at mr±1, nr±1, kc±1, and 1`, async t => {
    for (const dtype of dtypes) {
      const { mr, nr } = micro(dtype)
      const faults: string[] = []
      for (const m of unique([1, ...around(mr), 2 * mr + 1])) {
        for (const n of unique([1, ...around(nr), 2 * nr + 1])) {
          for (const k of unique([1, 2, 7, ...around(blocking[dtype].kc)])) {
            const fault = check({ dtype, m, n, k, seed: m * 1000 + n * 10 + k })
            if (fault !== undefined) faults.push(fault)
          }
        }
      }
      t.strictSame(faults, [], dtype)
    }
  })

  t.test(`${variant}: sizes at mc±1, more columns than a panel, many blocks of k`, async t => {
    for (const dtype of dtypes) {
      const { mc, kc } = blocking[dtype]
      for (const m of around(mc)) t.equal(check({ dtype, m, n: 17, k: 33, beta: 1 }), undefined)
      t.equal(check({ dtype, m: 2 * mc + 1, n: 9, k: kc + 1 }), undefined)
      t.equal(
        check({ dtype, m: 5, n: 2051, k: 3 * kc + 1, beta: 0.5 * (dtype === 'int32' ? 2 : 1) }),
        undefined,
      )
      t.equal(check({ dtype, m: 13, n: 1100, k: 9, alpha: 3 }), undefined)
    }
  })

  t.test(
    `${variant}: products with a vector, at every layout; as one row or column of a larger product, the same bits`,
    async t => {
      for (const dtype of dtypes) {
        const { kc } = blocking[dtype]
        for (const n of [1, 3, 8, 15, 16, 17, 70]) {
          for (const k of [1, 2, 5, 11, kc + 2]) {
            for (const b of layouts) {
              const product = { dtype, n, k, b, alpha: 3, beta: k % 3 }
              t.equal(check({ ...product, m: 1, c: 'columns' }), undefined, `${dtype} 1x${n}x${k} ${b}`)
              t.equal(
                check({ ...product, m: n, n: 1, a: b, c: 'gaps' }),
                undefined,
                `${dtype} ${n}x1x${k} ${b}`,
              )
            }
          }
        }
        const [m, n, k] = [110, 43, 2 * kc + 5]
        const operands = new Operands(kernel.arena, { dtype, m, n, k, alpha: 3 })
        const { task, c } = operands
        kernel.gemm(task)
        const whole = c.slice()
        const bytes = c.BYTES_PER_ELEMENT
        c.fill(0)
        kernel.gemm({
          ...task,
          m: 1,
          a: { ...task.a, offset: task.a.offset + 50 * task.a.rowStride * bytes },
          c: { ...task.c, offset: task.c.offset + 50 * task.c.rowStride * bytes },
        })
        t.strictSame(c.slice(50 * n, 51 * n), whole.slice(50 * n, 51 * n), `${dtype}, a row`)
        kernel.gemm({
          ...task,
          n: 1,
          b: { ...task.b, offset: task.b.offset + 20 * task.b.columnStride * bytes },
          c: { ...task.c, offset: task.c.offset + 20 * task.c.columnStride * bytes },
        })
        const column = (values: typeof c) => values.filter((_, at) => at % n === 20)
        t.strictSame(column(c), column(whole), `${dtype}, a column`)
        operands.release()
      }
    },
  )

  t.test(
    `${variant}: a small product, and one of packed operands: the bits of a part of a larger one`,
    async t => {
      for (const dtype of dtypes) {
        const [m, n, k] = [600, 29, 2 * blocking[dtype].kc + 5]
        const operands = new Operands(kernel.arena, { dtype, m, n, k, alpha: 3 })
        const { task, c } = operands
        kernel.gemm(task)
        const part = c.slice(50 * n, 65 * n)
        const byColumns = new Operands(kernel.arena, { dtype, m, n, k, alpha: 3, a: 'columns' })
        byColumns.b.set(operands.b)
        for (let i = 0; i < m; i++) {
          for (let p = 0; p < k; p++) byColumns.a[p * m + i] = operands.a[i * k + p] ?? Number.NaN
        }
        kernel.gemm(byColumns.task)
        t.strictSame(byColumns.c.slice(), c.slice(), `${dtype}, A by columns`)
        byColumns.release()
        c.fill(0)
        kernel.gemm({
          ...task,
          m: 15,
          a: { ...task.a, offset: task.a.offset + 50 * task.a.rowStride * c.BYTES_PER_ELEMENT },
          c: { ...task.c, offset: task.c.offset + 50 * task.c.rowStride * c.BYTES_PER_ELEMENT },
        })
        t.strictSame(c.slice(50 * n, 65 * n), part, `${dtype}, some rows`)
        operands.release()
      }
    },
  )

  t.test(`${variant}: dot products, at the edges of lanes and of blocks`, async t => {
    for (const dtype of dtypes) {
      const { kc } = blocking[dtype]
      for (const k of [...around(4), ...around(16), ...around(32), 50, ...around(kc), 8 * kc, 9 * kc + 7]) {
        for (const [alpha, beta] of [
          [1, 0],
          [3, 1],
          [-1, 2],
        ] as const) {
          for (const values of ['integers', dtype === 'int32' ? 'extremes' : 'specials'] as const)
            t.equal(
              check({ dtype, m: 1, n: 1, k, alpha, beta, values }),
              undefined,
              `${dtype} ${k} ${values}`,
            )
          t.equal(check({ dtype, m: 1, n: 1, k, alpha, beta }), undefined, `${dtype} ${k}`)
        }
      }
    }
  })

  t.test(`${variant}: small whole numbers are exact`, async t => {
    for (const dtype of dtypes) {
      for (const [m, n, k] of [
        [64, 64, 64],
        [97, 53, 301],
        [31, 129, 600],
      ] as const) {
        t.equal(check({ dtype, m, n, k, alpha: 2, beta: -3, values: 'integers' }), undefined)
      }
    }
  })

  t.test(`${variant}: every layout of A, B and C; what lies between rows of C stays`, async t => {
    for (const dtype of dtypes) {
      const { mr, nr } = micro(dtype)
      for (const a of layouts) {
        for (const b of layouts) {
          for (const c of layouts) {
            const product = { dtype, m: 2 * mr + 1, n: nr + 3, k: 11, a, b, c, alpha: -1, beta: 2 }
            t.equal(check(product), undefined, `${dtype} ${a} ${b} ${c}`)
          }
        }
      }
    }
  })

  t.test(`${variant}: nothing to multiply is beta * C, read only where beta is not 0`, async t => {
    for (const dtype of dtypes) {
      for (const layout of layouts) {
        for (const beta of [0, 1, -2]) {
          t.equal(check({ dtype, m: 7, n: 9, k: 0, beta, c: layout }), undefined)
          t.equal(check({ dtype, m: 7, n: 9, k: 5, alpha: 0, beta, c: layout }), undefined)
        }
      }
      t.equal(check({ dtype, m: 0, n: 9, k: 5 }), undefined)
      t.equal(check({ dtype, m: 9, n: 0, k: 5 }), undefined)
    }
  })

  t.test(`${variant}: alpha = 0 lets no NaN of A through, beta = 0 none of C`, async t => {
    for (const dtype of ['float32', 'float64'] as const) {
      for (const c of layouts) {
        const operands = new Operands(kernel.arena, { dtype, m: 9, n: 21, k: 6, beta: 0, c })
        operands.c.fill(Number.NaN)
        kernel.gemm(operands.task)
        const gaps = operands.c.length - 9 * 21
        t.equal(operands.c.filter(Number.isNaN).length, gaps, `beta 0, ${c}`)
        operands.c.fill(1)
        operands.a.fill(Number.NaN)
        kernel.gemm({ ...operands.task, alpha: 0, beta: 3 })
        t.equal(operands.c.filter(value => value === 3).length, 9 * 21, `alpha 0, ${c}`)
        operands.release()
      }
    }
  })

  t.test(`${variant}: NaN, Inf, -0 and subnormal numbers go where IEEE 754 sends them`, async t => {
    const specials = [
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      0,
      -0,
      2 ** -140,
      -(2 ** -149),
    ]
    for (const dtype of ['float32', 'float64'] as const) {
      for (const alpha of [1, -1]) {
        for (const [m, n] of [
          [1, 1],
          [5, 7],
          [13, 35],
        ] as const) {
          // One special number a row of A or column of B, the rest powers of two: every finite answer is exact.
          // (Subnormal numbers in A alone: a product of two is -0 in float32 where the reference keeps it in float64.)
          const operands = new Operands(kernel.arena, {
            dtype,
            m,
            n,
            k: 9,
            alpha,
            values: 'integers',
            c: 'gaps',
          })
          operands.a.fill(0)
          for (let i = 0; i < m; i++) operands.a[i * 9 + (i % 9)] = specials[i % specials.length] ?? 0
          operands.b.fill(2)
          for (let j = 0; j < n; j += 3) operands.b[(j % 9) * n + j] = specials[j % 5] ?? 0
          const wanted = operands.expected()
          kernel.gemm(operands.task)
          const wrong = operands.c.findIndex((value, i) => !Object.is(value, wanted[i]))
          t.equal(wrong, -1, `${dtype} ${m}x${n}: ${operands.c[wrong]} for ${wanted[wrong]}`)
          operands.release()
        }
      }
    }
  })

  t.test(`${variant}: Inf in B beside the padding of A leaks no NaN`, async t => {
    const operands = new Operands(kernel.arena, { dtype: 'float32', m: 1, n: 3, k: 2 })
    operands.a.fill(1)
    operands.b.fill(Number.POSITIVE_INFINITY)
    kernel.gemm(operands.task)
    t.strictSame([...operands.c], Array(3).fill(Number.POSITIVE_INFINITY))
    operands.release()
  })

  t.test(`${variant}: int32 wraps as Math.imul and | 0 do`, async t => {
    const operands = new Operands(kernel.arena, { dtype: 'int32', m: 7, n: 18, k: 300, alpha: -7, beta: 3 })
    for (const each of [operands.a, operands.b, operands.c]) {
      for (let i = 0; i < each.length; i++) each[i] = Math.imul(i + 1, 0x9e3779b1)
    }
    const wanted = operands.expected()
    kernel.gemm(operands.task)
    t.strictSame(operands.c.slice(), wanted)
    operands.release()
  })
}

t.test('the optimized code gives the same bits as the first code', async t => {
  for (const image of acceptedImages) {
    const kernel = new LoneKernel(compileProcessor(image).module, 1 << 20)
    const operands = new Operands(kernel.arena, { dtype: 'float32', m: 33, n: 50, k: 70, alpha: 3 })
    kernel.gemm(operands.task)
    const first = operands.c.slice()
    optimizing(() => kernel.gemm(operands.task))
    kernel.gemm(operands.task)
    t.strictSame(operands.c.slice(), first, image.variant)
  }
})

t.test('a task that reaches outside the arena, or is no task, is refused', async t => {
  const [kernel] = kernels.values()
  if (kernel === undefined) return t.fail('no baseline')
  const operands = new Operands(kernel.arena, { dtype: 'float32', m: 4, n: 4, k: 4 })
  const { task } = operands
  const end = kernel.arena.bytes
  for (const [what, wrong] of Object.entries({
    'C ends behind the arena': { ...task, c: { ...task.c, offset: end - 60 } },
    'A ends behind the arena': { ...task, a: { ...task.a, rowStride: 2 ** 30 } },
    'an offset between elements': { ...task, b: { ...task.b, offset: task.b.offset + 2 } },
    'a negative stride': { ...task, b: { ...task.b, rowStride: -4 } },
    'half a row': { ...task, m: 1.5 },
  })) {
    t.throws(() => kernel.gemm(wrong), { code: 'GEMMESH_INTERNAL' }, what)
  }
  t.throws(() => kernel.gemm({ ...task, dtype: 'int32', alpha: 0.5 }), { code: 'GEMMESH_USAGE' })
  operands.release()
})
