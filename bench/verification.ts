/**
 * What verification sees, and that it raises no false alarm: wrong tiles of every kind, honest ones of the real kernel.
 *
 *   node bench/verification.ts [--honest 100000] [--errors 10000] [--seed 1]
 *
 * Exit code 1 where an error above the bound was not seen, or an honest tile was called wrong.
 */
import { parseArgs } from 'node:util'
import { dtypes } from '../src/core/matrix.ts'
import { random } from '../test/kernel/operands.ts'
import {
  computed,
  damaged,
  errors,
  judged,
  kinds,
  mustBeSeen,
  randomCase,
  referencesFor,
} from '../test/verification/cases.ts'

const { values } = parseArgs({
  options: { honest: { type: 'string' }, errors: { type: 'string' }, seed: { type: 'string' } },
})
const honestWanted = Number(values.honest ?? 100_000)
const errorsWanted = Number(values.errors ?? 10_000)
const next = random(Number(values.seed ?? 1))

interface Tally {
  tiles: number
  rows: number
  rowsUnchecked: number
  alarms: number
  worst: number
}
const honest = new Map<string, Tally>()
const injected = new Map<string, { above: number; seen: number; below: number; belowSeen: number }>()
let [tiles, above, faults] = [0, 0, 0]
/** Of another job, by size: what a slave may still have lying about. */
const stale = new Map<string, ReturnType<typeof computed>>()

while (tiles < honestWanted || above < errorsWanted) {
  for (const dtype of dtypes) {
    for (const kind of kinds) {
      const each = randomCase(dtype, kind, next)
      const references = await referencesFor(each)
      const key = `${dtype} ${kind}`
      const tally = honest.get(key) ?? { tiles: 0, rows: 0, rowsUnchecked: 0, alarms: 0, worst: 0 }
      honest.set(key, tally)
      let before: ReturnType<typeof computed> | undefined
      for (const unit of each.units) {
        const reference = references.get(unit.unit)
        if (reference === undefined) throw new Error(`no reference for unit ${unit.unit}`)
        const tile = computed(each, unit)
        const verdict = judged(each, unit, tile, reference)
        tally.tiles++
        tiles++
        tally.rows += verdict.rows
        tally.rowsUnchecked += verdict.rowsUnchecked
        if (verdict.right) tally.worst = Math.max(tally.worst, verdict.worst)
        else {
          tally.alarms++
          faults++
          console.error(`false alarm: ${key} ${JSON.stringify({ ...verdict, k: each.k, tile: unit.tile })}`)
        }
        const size = `${dtype} ${tile.length}`
        if (above < errorsWanted && next() < (2 * errorsWanted) / honestWanted) {
          const error = errors[Math.floor(next() * errors.length)] ?? 'bit'
          const wrong = damaged(error, tile, error === 'swapped' ? before : stale.get(size), next)
          if (wrong !== undefined) {
            const count = injected.get(`${dtype} ${error}`) ?? { above: 0, seen: 0, below: 0, belowSeen: 0 }
            injected.set(`${dtype} ${error}`, count)
            const isAbove = mustBeSeen(tile, wrong, unit.tile.columns, reference)
            const seen = !judged(each, unit, wrong, reference).right
            if (isAbove) {
              above++
              count.above++
              if (seen) count.seen++
              else {
                faults++
                console.error(
                  `not seen: ${error} in ${key}, k = ${each.k}, tile ${JSON.stringify(unit.tile)}`,
                )
              }
            } else {
              count.below++
              if (seen) count.belowSeen++
            }
          }
        }
        before = tile
        stale.set(size, tile)
      }
    }
  }
}

console.log(`honest tiles: ${tiles}`)
console.table(
  Object.fromEntries(
    [...honest].map(([key, { worst, ...tally }]) => [key, { ...tally, worst: Number(worst.toPrecision(3)) }]),
  ),
)
console.log(`errors above the bound: ${above}`)
console.table(Object.fromEntries(injected))
process.exitCode = faults > 0 ? 1 : 0
