import fc from 'fast-check'
import t from 'tap'
import { stepsOf } from '../../../src/cli/local/tiles.ts'
import { chooseTiling } from '../../../src/cli/local/tiling.ts'
import { cover } from '../../../src/core/geometry.ts'

const GiB = 2 ** 30
const MiB = 2 ** 20

t.test('what fits is read once', t => {
  for (const n of [1, 100, 2048, 8192]) {
    const tiling = chooseTiling({ m: n, n, k: n, elementBytes: 4 }, 4 * GiB)
    t.equal(tiling.readBytes, 2 * n * n * 4, `n = ${n}`)
  }
  t.end()
})

t.test('a large product is cut, so that reading, computing and writing overlap', t => {
  const tiling = chooseTiling({ m: 8192, n: 8192, k: 8192, elementBytes: 4 }, 4 * GiB)
  t.ok(tiling.mt < 8192)
  t.strictSame(tiling.slots, { a: 2, b: 1, c: 2 })
  t.end()
})

t.test('what does not fit stays within the limit, and tiles stay large', t => {
  for (const [m, n, k] of [
    [32768, 32768, 32768],
    [100, 100, 1e8],
    [1e7, 100, 100],
    [100, 1e7, 100],
    [1e6, 1, 1e5],
  ] as const) {
    const tiling = chooseTiling({ m, n, k, elementBytes: 8 }, 256 * MiB)
    t.ok(tiling.bytes <= 256 * MiB, `${m}x${n}x${k}: ${tiling.bytes} bytes`)
    const steps = Math.ceil(m / tiling.mt) * Math.ceil(n / tiling.nt) * Math.ceil(k / tiling.kt)
    t.ok(steps < 50_000, `${m}x${n}x${k}: ${steps} steps`)
  }
  t.end()
})

t.test('too little memory says how much is needed', t => {
  t.throws(() => chooseTiling({ m: 1000, n: 1000, k: 1000, elementBytes: 8 }, 1000), {
    code: 'GEMMESH_MEMORY_EXCEEDED',
    message: /KiB.*1000 B.*--memory/,
  })
  t.end()
})

const dimension = fc.integer({ min: 0, max: 500 })

t.test('for any product: within the limit, C is covered once, each tile meets all of k in order', t => {
  fc.assert(
    fc.property(
      dimension,
      dimension,
      dimension,
      fc.integer({ min: 150_000, max: 4 * MiB }),
      (m, n, k, limit) => {
        const tiling = chooseTiling({ m, n, k, elementBytes: 4 }, limit)
        if (tiling.bytes > limit) return false
        const steps = [...stepsOf(m, n, k, tiling)]
        const tiles = steps.filter(({ a }) => a.column === 0).map(({ c }) => c)
        cover(
          tiles.filter(({ rows, columns }) => rows * columns > 0),
          { row: 0, column: 0, rows: m, columns: n },
        )
        let depth = 0
        for (const { a, b, c } of steps) {
          const fits =
            a.column === depth &&
            b.row === depth &&
            a.columns === b.rows &&
            a.row === c.row &&
            b.column === c.column
          if (!fits || a.rows !== c.rows || b.columns !== c.columns) return false
          if (a.rows > tiling.mt || b.columns > tiling.nt || a.columns > tiling.kt) return false
          depth = a.column + a.columns === k ? 0 : a.column + a.columns
        }
        return depth === 0
      },
    ),
    { seed: 20260101, numRuns: 300 },
  )
  t.end()
})
