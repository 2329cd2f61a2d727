/** Who did what for a job: what its views show. */
import { dropOldest } from '../drop-oldest.ts'
import type { Attempt, Ledger } from './ledger.ts'
import type { UnitFigures } from './messages.ts'
import type { JobRecord, Tally } from './state.ts'

/** Figures of more units than this are not waited for. */
const awaitedLimit = 4096

export function countPlaced(job: JobRecord, flops: number): void {
  job.unitsPlaced++
  job.flopsPlaced += flops
}

/** A slave's tile is placed. */
export function credit(job: JobRecord, slave: string, flops: number): void {
  const tally = tallyOf(job, slave)
  tally.unitsPlaced++
  tally.flopsPlaced += flops
}

/** The tile of this attempt is placed before its slave's figures came: they will, perhaps after the job has ended. */
export function awaitFigures(
  job: JobRecord,
  slave: string,
  { unit, attempt }: Pick<Attempt['ref'], 'unit' | 'attempt'>,
  work: Pick<Attempt, 'tile' | 'flops'>,
): void {
  job.awaited.set(unit, { slave, attempt, tile: work.tile, flops: work.flops })
  dropOldest(job.awaited, awaitedLimit)
}

/** Credits the attempts that are out when the job turns out to be sealed: nobody else can have placed
 * their units, unless two are out for one. */
export function creditOpen(job: JobRecord, ledger: Ledger): void {
  for (const attempt of ledger.out()) {
    const { ref, slave, flops, computed } = attempt
    if (ledger.attemptsOut(ref.unit).length > 1) continue
    credit(job, slave, flops)
    if (!computed) awaitFigures(job, slave, ref, attempt)
  }
}

/** Adds what a slave said of a unit of so many flops that it computed. */
export function addFigures(job: JobRecord, slave: string, flops: number, figures: UnitFigures): void {
  const tally = tallyOf(job, slave)
  tally.fetchedBytes += figures.fetchedBytes
  tally.computeMs += figures.computeMs
  tally.flopsComputed += flops
  tally.variant = figures.variant
  tally.processor = figures.processor
}

function tallyOf(job: JobRecord, slave: string): Tally {
  const known = job.tallies.get(slave)
  if (known !== undefined) return known
  const made: Tally = {
    unitsPlaced: 0,
    flopsPlaced: 0,
    fetchedBytes: 0,
    computeMs: 0,
    flopsComputed: 0,
    variant: '',
    processor: '',
  }
  job.tallies.set(slave, made)
  return made
}
