import t from 'tap'
import { dtypes } from '../../../src/core/matrix.ts'
import { TileCheck } from '../../../src/verification/checks/tile-check.ts'
import { TileVectors } from '../../../src/verification/checks/tile-vectors.ts'
import { random } from '../../kernel/operands.ts'
import { computed, damaged, errors, judged, kinds, mustBeSeen, randomCase, referencesFor } from '../cases.ts'
import { judge, seed } from '../multiplication.ts'

// The same by the ten thousands: bench/verification.ts.
t.test('honest tiles of the real kernel pass, wrong ones above the bound do not', async t => {
  const next = random(20)
  let [honest, wrong] = [0, 0]
  for (let round = 0; round < 2; round++) {
    for (const dtype of dtypes) {
      for (const kind of kinds) {
        const each = randomCase(dtype, kind, next)
        const references = await referencesFor(each)
        let before: ReturnType<typeof computed> | undefined
        for (const unit of each.units) {
          const reference = references.get(unit.unit)
          if (reference === undefined) throw new Error(`no reference for unit ${unit.unit}`)
          const tile = computed(each, unit)
          const verdict = judged(each, unit, tile, reference)
          honest++
          if (!verdict.right) t.match(verdict, { right: true }, `${dtype} ${kind} k = ${each.k}`)
          for (const error of errors) {
            const bad = damaged(error, tile, before, next)
            if (bad === undefined || !mustBeSeen(tile, bad, unit.tile.columns, reference)) continue
            wrong++
            if (judged(each, unit, bad, reference).right)
              t.fail(`${error} was not seen: ${dtype} ${kind} k = ${each.k}`)
          }
          before = tile
        }
      }
    }
  }
  t.ok(honest > 300 && wrong > 300, `${honest} honest tiles, ${wrong} wrong ones`)
})

t.test('however the bytes are cut, the sums are the same to the last bits', async t => {
  const next = random(5)
  for (const dtype of dtypes) {
    const each = randomCase(dtype, 'uniform', next)
    const references = await referencesFor(each)
    const [unit] = each.units
    const reference = unit && references.get(unit.unit)
    if (unit === undefined || reference === undefined) throw new Error('no unit')
    const tile = computed(each, unit)
    const whole = judge(dtype, 'plus-times', unit.unit, unit.tile, tile, reference)
    for (const sliceBytes of [1, 3, 8, 13, 1000]) {
      const sliced = judge(dtype, 'plus-times', unit.unit, unit.tile, tile, reference, sliceBytes)
      t.ok(sliced.right)
      t.ok(Math.abs(sliced.worst - whole.worst) < 1e-2)
    }
  }
})

t.test('bytes that are doubled, left out or too many are a fault of whoever gives them', async t => {
  const tile = { row: 0, column: 8, rows: 2, columns: 4 }
  const check = new TileCheck(
    { unit: 1, tile, dtype: 'float32', semiring: 'plus-times', seed },
    new TileVectors(),
  )
  const reference = { unit: 1, values: new Uint8Array(48), bounds: new Uint8Array(16) }
  check.data(0, new Uint8Array(10))
  t.throws(() => check.data(0, new Uint8Array(10)), { code: 'GEMMESH_INTERNAL' })
  t.throws(() => check.data(12, new Uint8Array(10)), { code: 'GEMMESH_INTERNAL' })
  t.throws(() => check.data(10, new Uint8Array(23)), { code: 'GEMMESH_INTERNAL' })
  t.throws(() => check.verdict(reference), { code: 'GEMMESH_INTERNAL' })
  check.data(10, new Uint8Array(22))
  t.match(check.verdict(reference), { right: true, rows: 2, worst: 0 })
  t.throws(() => check.verdict({ ...reference, bounds: new Uint8Array(8) }), { code: 'GEMMESH_INTERNAL' })
})

t.test('vectors of more strips than there is room for are made again', async t => {
  const vectors = new TileVectors()
  const columns = 100_000
  const verdictOf = (column: number) => {
    const tile = { row: 0, column, rows: 1, columns }
    const check = new TileCheck({ unit: 1, tile, dtype: 'int32', semiring: 'plus-times', seed }, vectors)
    check.data(0, new Uint8Array(new Int32Array(columns).fill(1).buffer))
    return check.verdict({ unit: 1, values: new Uint8Array(32), bounds: new Uint8Array() })
  }
  const first = verdictOf(0)
  t.equal(first.right, false)
  for (let strip = 1; strip < 8; strip++) t.notSame(verdictOf(strip * columns).residual, first.residual)
  t.strictSame(verdictOf(0), first)
})
