/** Which blocks slaves are taken to have in one job: those of what they were given to compute. */
import type { Interval } from '../geometry.ts'
import type { UnitBox } from '../plan/units.ts'
import type { Plan, Share } from '../plan.ts'

type Work = Pick<UnitBox, 'tile' | 'depth'>

/** Of what a slave took over from others, so much is remembered. */
const takenLimit = 16

/**
 * A slave has the blocks of its share, and of units that it took over. It may have lost some since, or may have been helped
 * before it came to them: this is for choosing, not for counting.
 */
export class Holdings {
  readonly #plan: Plan
  #shares: ReadonlyMap<string, Share> | undefined
  readonly #taken = new Map<string, Work[]>()

  constructor(plan: Plan) {
    this.#plan = plan
  }

  /** The slave took over a unit of another's share. */
  take(slave: string, work: Work): void {
    const taken = this.#taken.get(slave) ?? []
    this.#taken.set(slave, taken)
    taken.push(work)
    if (taken.length > takenLimit) taken.shift()
  }

  /** Elements of A and B that the slave lacks for this. */
  missing(slave: string, { tile, depth }: Work): number {
    this.#shares ??= new Map(this.#plan.shares.map(share => [share.slave, share]))
    const rows: Interval[] = []
    const columns: Interval[] = []
    const hold = (held: Work) => {
      if (held.depth.start > depth.start || held.depth.end < depth.end) return
      rows.push({ start: held.tile.row, end: held.tile.row + held.tile.rows })
      columns.push({ start: held.tile.column, end: held.tile.column + held.tile.columns })
    }
    const share = this.#shares.get(slave)
    for (const rectangle of share?.rectangles ?? [])
      if (share !== undefined) hold({ tile: rectangle, depth: share.depth })
    for (const work of this.#taken.get(slave) ?? []) hold(work)
    const lines =
      uncovered(tile.row, tile.row + tile.rows, rows) +
      uncovered(tile.column, tile.column + tile.columns, columns)
    return lines * (depth.end - depth.start)
  }
}

/** How much of `start` to `end` is in none of the intervals, which may overlap. */
function uncovered(start: number, end: number, intervals: readonly Interval[]): number {
  let missing = 0
  let at = start
  while (at < end) {
    let reached = at
    let next = end
    for (const one of intervals) {
      if (one.start <= at) reached = Math.max(reached, one.end)
      else next = Math.min(next, one.start)
    }
    if (reached === at) {
      missing += next - at
      at = next
    } else at = reached
  }
  return missing
}
