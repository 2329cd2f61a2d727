import fc from 'fast-check'
import t from 'tap'
import { area, cover, type Rectangle } from '../../src/core/geometry.ts'
import { arrangeInColumns } from '../../src/core/partition/columns.ts'
import { type Partition, partition } from '../../src/core/partition.ts'

const rounding = { granule: 16, toleranceElements: 1024 ** 2 }
const wholeOf = (rows: number, columns: number): Rectangle => ({ row: 0, column: 0, rows, columns })
const placed = ({ rectangles }: Partition) => rectangles.filter(rectangle => rectangle !== undefined)

/** The largest deviation of a share from its ideal, in elements. */
function largestFault(rows: number, columns: number, weights: readonly number[], part: Partition): number {
  const sum = weights.reduce((total, weight) => total + weight, 0)
  const faults = weights.map((weight, share) => {
    const rectangle = part.rectangles[share]
    return Math.abs((rectangle === undefined ? 0 : area(rectangle)) - (rows * columns * weight) / sum)
  })
  return Math.max(...faults)
}

t.test('known arrangements', async t => {
  const table: readonly (readonly [
    name: string,
    rows: number,
    columns: number,
    weights: number[],
    sizes: string[],
  ])[] = [
    ['one slave gets all', 100, 200, [3], ['100x200']],
    ['two equal halves of a square', 64, 64, [1, 1], ['32x64', '32x64']],
    ['the longer side is cut', 64, 1024, [1, 1], ['64x512', '64x512']],
    ['and that of a tall one', 1024, 64, [1, 1], ['512x64', '512x64']],
    ['four equal squares', 1024, 1024, [2, 2, 2, 2], ['512x512', '512x512', '512x512', '512x512']],
    ['1 and 2 share a column beside 4', 2048, 2048, [1, 2, 4], ['688x880', '1360x880', '2048x1168']],
    ['in whichever order they come', 2048, 2048, [4, 1, 2], ['2048x1168', '688x880', '1360x880']],
  ]
  for (const [name, rows, columns, weights, sizes] of table) {
    const { rectangles } = partition(rows, columns, weights, rounding)
    t.strictSame(
      rectangles.map(rectangle => rectangle && `${rectangle.rows}x${rectangle.columns}`),
      sizes,
      name,
    )
  }
})

t.test('edges', async t => {
  const empty = { rectangles: [undefined, undefined], halfPerimeters: 0, lowerBound: 0 }
  t.strictSame(partition(0, 5, [1, 2], rounding), empty, 'no rows')
  t.strictSame(partition(5, 0, [1, 2], rounding), empty, 'no columns')
  t.strictSame(partition(0, 0, [], rounding).rectangles, [], 'nothing for nobody')
  const one = partition(1, 1, [1, 2, 4], rounding)
  t.strictSame(one.rectangles, [undefined, undefined, wholeOf(1, 1)], 'one element goes to the fastest')
  const row = partition(1, 7, [1, 2, 4], rounding)
  t.strictSame(
    row.rectangles.map(rectangle => rectangle?.columns),
    [1, 2, 4],
    'a row is cut along',
  )
  for (const weight of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
    t.throws(() => partition(8, 8, [1, weight], rounding), { code: 'GEMMESH_INTERNAL', message: /weight 1/ })
  }
  t.throws(() => partition(8, 8, [], rounding), { code: 'GEMMESH_INTERNAL', message: /no slaves/ })
})

t.test(
  'any speeds, 1 to 200 slaves: an exact cover, shares near their ideal, never below the bound',
  async t => {
    const speed = fc.double({ min: 1, max: 100, noNaN: true })
    const length = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 10_000 }))
    const speeds = fc.array(speed, { minLength: 1, maxLength: 200 })
    fc.assert(
      fc.property(length, length, speeds, (rows, columns, weights) => {
        const part = partition(rows, columns, weights, rounding)
        cover(placed(part), wholeOf(rows, columns))
        const halves = placed(part).reduce((sum, one) => sum + one.rows + one.columns, 0)
        // One edge of whole elements may be off by half an element along its length; a share has four.
        const least = 2 * (rows + columns)
        return (
          part.halfPerimeters === halves &&
          part.halfPerimeters >= part.lowerBound * (1 - 1e-12) &&
          largestFault(rows, columns, weights, part) <= Math.max(least, rounding.toleranceElements)
        )
      }),
      { seed: 4, numRuns: 300 },
    )
    t.pass('300 partitions')
  },
)

t.test('shares stay within a small tolerance where whole elements allow it', async t => {
  const unit = 128
  const speeds = fc.array(fc.double({ min: 1, max: 100, noNaN: true }), { minLength: 1, maxLength: 50 })
  const length = fc.integer({ min: 256, max: 8192 })
  fc.assert(
    fc.property(length, length, speeds, (rows, columns, weights) => {
      const part = partition(rows, columns, weights, { granule: 16, toleranceElements: unit ** 2 })
      return largestFault(rows, columns, weights, part) <= unit ** 2 + rows + columns
    }),
    { seed: 5, numRuns: 200 },
  )
  const sixteen = Array.from({ length: 16 }, (_, i) => 1 + ((i * 37) % 100))
  const part = partition(8192, 8192, sixteen, rounding)
  const sum = sixteen.reduce((total, weight) => total + weight, 0)
  const overShares = sixteen.map((weight, share) => {
    const rectangle = part.rectangles[share]
    return (rectangle === undefined ? 0 : area(rectangle)) / ((8192 ** 2 * weight) / sum)
  })
  t.ok(Math.max(...overShares) <= 1.03, 'over-share of 16 slaves on 8192x8192 is at most 3 percent')
})

t.test('edges are multiples of the micro-tile where shares are large enough for it', async t => {
  const part = partition(8192, 8192, [1, 1.3, 2, 2.9, 5], rounding)
  for (const { row, column } of placed(part)) {
    t.equal(row % 16, 0)
    t.equal(column % 16, 0)
  }
})

t.test('close to the lower bound', async t => {
  let sum = 0
  let worst = 0
  const speeds = fc.array(fc.double({ min: 1, max: 100, noNaN: true }), { minLength: 8, maxLength: 100 })
  const samples = fc.sample(speeds, { seed: 6, numRuns: 200 })
  for (const weights of samples) {
    const { halfPerimeters, lowerBound } = partition(16_384, 16_384, weights, rounding)
    sum += halfPerimeters / lowerBound
    worst = Math.max(worst, halfPerimeters / lowerBound)
  }
  t.ok(sum / samples.length <= 1.05, `the mean is ${sum / samples.length}`)
  t.ok(worst <= 1.203, `the worst is ${worst}`)
})

t.test('the dynamic programme finds the cheapest of all column arrangements', async t => {
  /** Every way to cut the sorted shares into runs, in both directions. */
  const cheapest = (height: number, width: number, sorted: readonly number[]): number => {
    const sum = sorted.reduce((total, weight) => total + weight, 0)
    let best = Number.POSITIVE_INFINITY
    for (let cuts = 0; cuts < 2 ** (sorted.length - 1); cuts++) {
      let cost = 0
      let run: number[] = []
      for (const [i, weight] of sorted.entries()) {
        run.push(weight)
        if (i < sorted.length - 1 && ((cuts >> i) & 1) === 0) continue
        const runWidth = (run.reduce((total, one) => total + one, 0) / sum) * width
        cost += run.length * runWidth + height
        run = []
      }
      best = Math.min(best, cost)
    }
    return best
  }
  const weights = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 9 })
  const length = fc.integer({ min: 1, max: 1000 })
  fc.assert(
    fc.property(length, length, weights, (rows, columns, list) => {
      const sorted = list.toSorted((a, b) => a - b)
      const best = Math.min(cheapest(rows, columns, sorted), cheapest(columns, rows, sorted))
      return Math.abs(arrangeInColumns(rows, columns, list).halfPerimeters / best - 1) < 1e-9
    }),
    { seed: 7, numRuns: 200 },
  )
  t.pass('200 arrangements')
})

t.test('a thousand slaves', async t => {
  const weights = Array.from({ length: 1000 }, (_, i) => 1 + ((i * 7919) % 100))
  const part = partition(32_768, 32_768, weights, rounding)
  cover(placed(part), wholeOf(32_768, 32_768))
  t.equal(placed(part).length, 1000)
  t.ok(part.halfPerimeters / part.lowerBound < 1.01)
})
