/** Which blocks slaves are taken to have in one job: those of what they were given to compute. */
import type { Interval } from '../geometry.ts'
import type { UnitBox } from '../plan/units.ts'
import type { Plan } from '../plan.ts'

type Work = Pick<UnitBox, 'tile' | 'depth'>

/** The blocks of some work: these rows of A and columns of B, for `depth` of k. */
interface Held {
  readonly rows: Interval
  readonly columns: Interval
  readonly depth: Interval
}

/** Of what a slave took over from others, so much is remembered. */
const takenLimit = 16
const nothing: readonly Held[] = []

/**
 * A slave has the blocks of its share, and of units that it took over. It may have lost some since, or may have been helped
 * before it came to them: this is for choosing, not for counting.
 */
export class Holdings {
  readonly #plan: Plan
  #shares: ReadonlyMap<string, readonly Held[]> | undefined
  readonly #taken = new Map<string, Held[]>()

  constructor(plan: Plan) {
    this.#plan = plan
  }

  /** The slave took over a unit of another's share. */
  take(slave: string, work: Work): void {
    const taken = this.#taken.get(slave) ?? []
    this.#taken.set(slave, taken)
    taken.push(heldOf(work))
    if (taken.length > takenLimit) taken.shift()
  }

  /** Elements of A and B that the slave lacks for this. */
  missing(slave: string, work: Work): number {
    const wanted = heldOf(work)
    const held = this.#of(slave)
    const lines = uncovered(wanted, 'rows', held) + uncovered(wanted, 'columns', held)
    return lines * (wanted.depth.end - wanted.depth.start)
  }

  #of(slave: string): readonly Held[] {
    this.#shares ??= sharesOf(this.#plan)
    const share = this.#shares.get(slave) ?? nothing
    const taken = this.#taken.get(slave)
    return taken === undefined ? share : [...share, ...taken]
  }
}

const sharesOf = ({ shares }: Plan): ReadonlyMap<string, readonly Held[]> =>
  new Map(
    shares.map(({ slave, rectangles, depth }) => [slave, rectangles.map(tile => heldOf({ tile, depth }))]),
  )

const heldOf = ({ tile, depth }: Work): Held => ({
  rows: { start: tile.row, end: tile.row + tile.rows },
  columns: { start: tile.column, end: tile.column + tile.columns },
  depth,
})

/** How many of the wanted lines are in nothing that is held, for all of the wanted depth; what is held may overlap. */
function uncovered(wanted: Held, side: 'rows' | 'columns', held: readonly Held[]): number {
  const { start, end } = wanted[side]
  let missing = 0
  let at = start
  while (at < end) {
    let reached = at
    let next = end
    for (const one of held) {
      if (one.depth.start > wanted.depth.start || one.depth.end < wanted.depth.end) continue
      const lines = one[side]
      if (lines.start <= at) reached = Math.max(reached, lines.end)
      else next = Math.min(next, lines.start)
    }
    if (reached === at) {
      missing += next - at
      at = next
    } else at = reached
  }
  return missing
}
