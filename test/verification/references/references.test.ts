import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import { bytesPerElement, type Dtype, dtypes, type Matrix } from '../../../src/core/matrix.ts'
import { semirings } from '../../../src/core/semiring.ts'
import { naiveGemm } from '../../../src/kernel/naive.ts'
import { makeReferences, type ReferenceUnit } from '../../../src/verification/references/references.ts'
import { matrixOf, random } from '../../kernel/operands.ts'
import {
  judge,
  type Multiplication,
  productFor,
  readerOf,
  referencesOf,
  seed,
  unitsBetween,
} from '../multiplication.ts'

const valuesOf = (dtype: Dtype, next: () => number) =>
  dtype === 'int32' ? () => (next() * 2 ** 32) | 0 : () => next() * 2 - 1

/** The tile of a unit by the reference kernel. */
function tileOf(multiplication: Multiplication, { tile, depth }: ReferenceUnit): Matrix['data'] {
  const { a, b, added, alpha = 1, semiring = 'plus-times', transA = false, transB = false } = multiplication
  const beta = depth.start > 0 || added === undefined ? 0 : (multiplication.beta ?? 1)
  const c = matrixOf(a.dtype, tile.rows, tile.columns, () => 0).data
  for (let index = 0; added !== undefined && index < c.length; index++) {
    const row = tile.row + Math.floor(index / tile.columns)
    c[index] = added.data[row * added.shape[1] + tile.column + (index % tile.columns)] ?? 0
  }
  const view = ({ shape, dtype }: Matrix, transposed: boolean, row: number, column: number) => {
    const [, columns] = shape
    const [rowStride, columnStride] = transposed ? [1, columns] : [columns, 1]
    return {
      offset: (row * rowStride + column * columnStride) * bytesPerElement[dtype],
      rowStride,
      columnStride,
    }
  }
  const task = {
    ...{ dtype: a.dtype, semiring, m: tile.rows, n: tile.columns, k: depth.end - depth.start, alpha, beta },
    a: view(a, transA, tile.row, depth.start),
    b: view(b, transB, depth.start, tile.column),
    c: { offset: 0, rowStride: tile.columns, columnStride: 1 },
  }
  naiveGemm(task, { a: a.data, b: b.data, c })
  return c
}

function sample(
  dtype: Dtype,
  options: Partial<Multiplication> = {},
  [m, n, k] = [37, 53, 71],
): Multiplication {
  const next = random(m + 100 * n + k)
  const value = valuesOf(dtype, next)
  const { transA = false, transB = false } = options
  return {
    a: matrixOf(dtype, transA ? (k ?? 0) : (m ?? 0), transA ? (m ?? 0) : (k ?? 0), value),
    b: matrixOf(dtype, transB ? (n ?? 0) : (k ?? 0), transB ? (k ?? 0) : (n ?? 0), value),
    added: matrixOf(dtype, m ?? 0, n ?? 0, value),
    ...options,
  }
}

t.test(
  'tiles of every semiring and dtype are right, transposed and in layers, and wrong ones are not',
  async t => {
    for (const semiring of semirings) {
      for (const dtype of dtypes) {
        for (const transposed of [false, true]) {
          const factors = semiring === 'plus-times' ? { alpha: dtype === 'int32' ? -3 : 1.25 } : {}
          const multiplication = sample(dtype, {
            transA: transposed,
            transB: transposed,
            semiring,
            ...factors,
          })
          const units = unitsBetween([0, 16, 37], [0, 7, 53], transposed ? [0, 33, 71] : [0, 71])
          const references = await referencesOf(multiplication, units)
          const name = `${semiring} ${dtype} ${transposed ? 'transposed' : ''}`
          t.strictSame(
            references.map(({ unit }) => unit).sort((x, y) => x - y),
            units.map(({ unit }) => unit),
            name,
          )
          let seen = 0
          for (const reference of references) {
            const unit = units[reference.unit]
            if (unit === undefined) throw new Error('a reference of no unit')
            const tile = tileOf(multiplication, unit)
            const verdict = judge(dtype, semiring, unit.unit, unit.tile, tile, reference, 1001)
            if (!verdict.right || verdict.rowsUnchecked > 0)
              t.match(verdict, { right: true, rowsUnchecked: 0 }, name)
            const wrong = tile.map(value => value + 1)
            if (!judge(dtype, semiring, unit.unit, unit.tile, wrong, reference).right) seen++
          }
          t.equal(seen, units.length, `${name}: wrong tiles are seen`)
        }
      }
    }
  },
)

t.test('no inner dimension, no factor, no C0', async t => {
  const whole: ReferenceUnit = {
    unit: 0,
    tile: { row: 0, column: 0, rows: 5, columns: 6 },
    depth: { start: 0, end: 9 },
  }
  for (const dtype of dtypes) {
    const nothing = sample(dtype, { beta: 2 }, [5, 6, 0])
    const [reference] = await referencesOf(nothing, [{ ...whole, depth: { start: 0, end: 0 } }])
    const twice = nothing.added?.data.map(value => value * 2)
    if (reference === undefined || twice === undefined) throw new Error('no reference')
    t.match(judge(dtype, 'plus-times', 0, whole.tile, twice, reference), { right: true, rowsUnchecked: 0 })
    t.match(judge(dtype, 'plus-times', 0, whole.tile, twice.fill(1), reference), { right: false })

    const empty = sample(dtype, { alpha: 0, beta: 0 }, [5, 6, 9])
    if (dtype !== 'int32') empty.a.data[3] = Number.NaN
    const [zero] = await referencesOf(empty, [whole])
    if (zero === undefined) throw new Error('no reference')
    t.match(judge(dtype, 'plus-times', 0, whole.tile, twice.fill(0), zero), { right: true, rowsUnchecked: 0 })
    t.match(judge(dtype, 'plus-times', 0, whole.tile, twice.fill(1), zero), { right: false })
  }
})

t.test('a row that holds a NaN or an infinity is not checked, all others are', async t => {
  const multiplication = sample('float32')
  multiplication.a.data[2 * 71 + 5] = Number.NaN
  multiplication.a.data[20 * 71 + 5] = Number.POSITIVE_INFINITY
  const [unit] = unitsBetween([0, 37], [0, 53], [0, 71])
  if (unit === undefined) throw new Error('no unit')
  const [reference] = await referencesOf(multiplication, [unit])
  if (reference === undefined) throw new Error('no reference')
  const tile = tileOf(multiplication, unit)
  t.match(judge('float32', 'plus-times', 0, unit.tile, tile, reference), {
    right: true,
    rows: 37,
    rowsUnchecked: 2,
  })
  tile[3 * 53] = Number.NaN
  t.match(judge('float32', 'plus-times', 0, unit.tile, tile, reference), {
    right: false,
    row: 3,
    worst: Number.POSITIVE_INFINITY,
  })
})

t.test('B is read once, A once for each row of tiles; references come row by row', async t => {
  for (const transposed of [false, true]) {
    const options = { transA: transposed, transB: transposed }
    const multiplication = sample('float64', options, [600, 700, 500])
    const read = { a: 0, b: 0, c: 0 }
    const reader = readerOf(multiplication)
    const units = unitsBetween([0, 200, 400, 600], [0, 300, 700], [0, 500])
    const references = await referencesOf(
      { ...multiplication, added: undefined, beta: 0 },
      units,
      async (operand, stored, target) => {
        read[operand] += stored.rows * stored.columns
        t.ok(target.length <= 2 ** 22)
        await reader(operand, stored, target)
      },
    )
    t.strictSame(read, { a: 600 * 500, b: 500 * 700, c: 0 })
    t.strictSame(
      references.map(({ unit }) => unit),
      [0, 1, 2, 3, 4, 5],
    )
  }
})

t.test('an inner dimension that is longer than what memory holds is summed up in pieces', async t => {
  const k = 2 ** 20 + 12_345
  for (const semiring of ['plus-times', 'min-plus'] as const) {
    const multiplication = { ...sample('float32', { semiring }, [3, 2, k]), added: undefined }
    const units = unitsBetween([0, 2, 3], [0, 2], [0, k])
    const references = await referencesOf(multiplication, units)
    t.equal(references.length, 2)
    for (const reference of references) {
      const unit = units[reference.unit]
      if (unit === undefined) throw new Error('a reference of no unit')
      const tile = tileOf(multiplication, unit)
      t.match(judge('float32', semiring, unit.unit, unit.tile, tile, reference), {
        right: true,
        rowsUnchecked: 0,
      })
      tile[1] = (tile[1] ?? 0) + 1000
      t.match(judge('float32', semiring, unit.unit, unit.tile, tile, reference), { right: false })
    }
  }
})

t.test('ends with the error of a read, and when it is stopped', async t => {
  const multiplication = sample('float32')
  const units = unitsBetween([0, 16, 37], [0, 53], [0, 71])
  const broken = new Error('the disk is gone')
  await t.rejects(
    referencesOf(multiplication, units, async () => {
      throw broken
    }),
    broken,
  )
  const stop = new AbortController()
  const job = { product: productFor(multiplication), semiring: 'plus-times', alpha: 1, beta: 1 } as const
  const made = makeReferences(
    { ...job, reproducible: false, stepDepth: 1024, seed },
    units,
    readerOf(multiplication),
    stop.signal,
  )
  t.equal((await made.next()).done, false)
  stop.abort(new Error('cancelled'))
  await t.rejects(made.next(), { message: 'cancelled' })
})

t.test('when it has ended, nothing is read to its memory any more', async t => {
  const multiplication = sample('float64', {}, [40, 500, 1200])
  const reader = readerOf(multiplication)
  const ending = new AbortController()
  let [reads, open] = [0, 0]
  const ended = referencesOf(
    multiplication,
    unitsBetween([0, 40], [0, 500], [0, 1200]),
    async (operand, stored, target) => {
      open++
      // Of B, while its first part is about to be summed up.
      if (++reads === 2) ending.abort()
      await setImmediate()
      await reader(operand, stored, target)
      open--
    },
    ending.signal,
  )
  await t.rejects(ended, { name: 'AbortError' })
  t.equal(reads, 2)
  t.equal(open, 0)
})
