/**
 * What work costs, learned from whole jobs: ms a flop of a slave's own, ms a byte of all that the masters send and receive
 * for the job, and ms a job. Bytes are those of all slaves because it is there, at the masters, that slaves wait for each
 * other: twice as many slaves do not halve it. A slave behind a slow link of its own has dearer bytes.
 *
 * Times of single units do not tell that: their transfers and products overlap, within a slave and with those of others on
 * the same link, disk or core, so that they add up to more than the job took. What overlaps here shows as a better rate.
 */

/** Ms of each; all are 0 or more. */
export interface Costs {
  readonly perFlop: number
  readonly perByteIn: number
  readonly perByteOut: number
  readonly perJob: number
}

/** What a slave had to compute in a job, and what moved to and from all of its slaves. */
export interface Work {
  readonly flops: number
  readonly bytesIn: number
  readonly bytesOut: number
}

export interface Observation {
  readonly work: Work
  /** How long the job took, from its first unit to its end. */
  readonly ms: number
}

/** What one slave's jobs of one kind took, oldest first; plain JSON. */
export interface CostRecord {
  readonly slave: string
  readonly kind: string
  readonly jobs: readonly Observation[]
}

/** The latest of each slave and kind of work. */
export const jobsKept = 32
/** What each older job counts, compared with the one after it: machines have other things to do, too, and not for ever. */
const aging = 0.85
/**
 * How much the proportions of assumed costs count beside a measured job: just enough that jobs which do not tell two costs
 * apart (all of one shape) leave these two in proportion.
 */
const priorWeight = 1 / 500
const roundsLimit = 2000
/** Factors that move by less in a round are found. */
const precision = 1e-5

export const msOf = (costs: Costs, { flops, bytesIn, bytesOut }: Work): number =>
  flops * costs.perFlop + bytesIn * costs.perByteIn + bytesOut * costs.perByteOut + costs.perJob

export class JobCosts {
  /** By slave, then by kind. */
  readonly #observations = new Map<string, Map<string, Observation[]>>()

  /** Slaves and kinds that had a job since the start; true while that is all that is known. */
  readonly #warmedUp = new Map<string, boolean>()

  /** `known`: what `records` gave before a restart. */
  constructor(known: readonly CostRecord[] = []) {
    for (const { slave, kind, jobs } of known) this.#kept(slave, kind).push(...jobs.slice(-jobsKept))
  }

  /**
   * The first job since the start warms up (processors are fetched and tested, threads started, connections made): it says
   * something only until there is a second one.
   */
  record(slave: string, kind: string, work: Work, ms: number): void {
    if (!(ms > 0) || !(work.flops > 0)) return
    const key = `${slave} ${kind}`
    const kept = this.#kept(slave, kind)
    const isFirst = !this.#warmedUp.has(key)
    if (this.#warmedUp.get(key) === true) kept.length = 0
    this.#warmedUp.set(key, isFirst && kept.length === 0)
    if (isFirst && kept.length > 0) return
    kept.push({ work, ms })
    if (kept.length > jobsKept) kept.shift()
  }

  /** How many jobs say something of a slave's work of one kind. */
  jobs(slave: string, kind: string): number {
    return this.#of(slave, kind).length
  }

  /** All that was learned, for `known` after a restart. */
  records(): CostRecord[] {
    return [...this.#observations].flatMap(([slave, kinds]) =>
      Array.from(kinds, ([kind, jobs]): CostRecord => ({ slave, kind, jobs: [...jobs] })),
    )
  }

  /** `assumed` before anything was measured; else what fits the jobs best. */
  of(slave: string, kind: string, assumed: Costs): Costs {
    return fit(this.#of(slave, kind), assumed)
  }

  #kept(slave: string, kind: string): Observation[] {
    const kinds = this.#observations.get(slave) ?? new Map<string, Observation[]>()
    const kept = kinds.get(kind) ?? []
    this.#observations.set(slave, kinds.set(kind, kept))
    return kept
  }

  #of(slave: string, kind: string): readonly Observation[] {
    return this.#observations.get(slave)?.get(kind) ?? []
  }
}

/**
 * Least squares of relative errors: a job counts alike, however long it took, and the more the later it was. Coordinate
 * descent on the normal equations, which keeps all costs at 0 or above; the sum of squares is convex, and the prior makes
 * it strictly so.
 */
function fit(observations: readonly Observation[], assumed: Costs): Costs {
  if (observations.length === 0) return assumed
  // A cluster may be ten times as slow as assumed in all: that is found first, by the geometric mean.
  const weights = observations.map((_, index) => aging ** (observations.length - 1 - index))
  const allWeights = weights.reduce((sum, one) => sum + one, 0)
  const logs = observations.map(
    ({ work, ms }, index) => (weights[index] ?? 0) * Math.log(ms / msOf(assumed, work)),
  )
  const level = Math.exp(logs.reduce((sum, log) => sum + log, 0) / allWeights)
  const { perFlop, perByteIn, perByteOut, perJob } = assumed
  const prior = [perFlop, perByteIn, perByteOut, perJob].map(cost => cost * level)
  // In units of these costs all four are of one scale, and 1 is what is assumed.
  const squares = prior.map((_, i) => prior.map((_, j) => (i === j ? priorWeight : 0)))
  const sums = prior.map(() => priorWeight)
  for (const [index, { work, ms }] of observations.entries()) {
    const { flops, bytesIn, bytesOut } = work
    const weight = weights[index] ?? 0
    const row = [flops, bytesIn, bytesOut, 1].map((amount, i) => (amount * (prior[i] ?? 0)) / ms)
    for (const [i, own] of row.entries()) {
      sums[i] = (sums[i] ?? 0) + weight * own
      const line = squares[i] ?? []
      for (const [j, other] of row.entries()) line[j] = (line[j] ?? 0) + weight * own * other
    }
  }
  const factors = prior.map(() => 1)
  for (let round = 0, moved = 1; round < roundsLimit && moved > precision; round++) {
    moved = 0
    for (const [i, line] of squares.entries()) {
      const others = line.reduce((sum, square, j) => (j === i ? sum : sum + square * (factors[j] ?? 0)), 0)
      const factor = Math.max(0, ((sums[i] ?? 0) - others) / (line[i] ?? 1))
      moved = Math.max(moved, Math.abs(factor - (factors[i] ?? 0)))
      factors[i] = factor
    }
  }
  const cost = (i: number) => (prior[i] ?? 0) * (factors[i] ?? 1)
  return { perFlop: cost(0), perByteIn: cost(1), perByteOut: cost(2), perJob: cost(3) }
}
