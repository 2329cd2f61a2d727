/** A job's plan: who computes which rectangle of C, in which work units. A frozen value; planning touches no socket. */
import { GemmeshError } from '../errors.ts'
import { area, type Rectangle, split } from './geometry.ts'
import type { Dtype } from './matrix.ts'
import { partition } from './partition.ts'
import { cellCount, type UnitGrid, type UnitShare } from './plan/units.ts'
import { drawTileMap } from './tile-map.ts'

export interface PlanRequest {
  readonly job: string
  readonly shape: readonly [m: number, n: number, k: number]
  readonly dtype: Dtype
  readonly slaves: readonly { readonly name: string; readonly performance: number }[]
  /** Rows, and columns, of C that a work unit has about. */
  readonly unitEdge: number
  /** At most about this many units, which grow where it would be more; 2^18. */
  readonly unitsLimit?: number | undefined
}

export interface Share extends UnitShare {
  readonly performance: number
  /** Of C, by performance alone; 0 to 1. */
  readonly wanted: number
  /** Of C, after rounding to whole elements; 0 to 1. */
  readonly given: number
  readonly rectangles: readonly Rectangle[]
}

export interface Plan {
  readonly job: string
  readonly shape: readonly [m: number, n: number, k: number]
  readonly dtype: Dtype
  readonly shares: readonly Share[]
  /** How many; `unitsOf` and `unitAt` derive them. Their tiles cover C exactly once. */
  readonly units: number
  /** Elements of A and B that go to the slaves when each keeps what it was sent. */
  readonly movedElements: number
  /** 2*sum(sqrt(area))*k: no partition into rectangles of these areas moves less. */
  readonly lowerBoundElements: number
}

/** What a plan says of its shares without their units: small enough to keep, and to show, after the job has ended. */
export interface PlanOutline {
  readonly shares: readonly Omit<Share, 'firstUnit' | 'grids'>[]
  readonly units: number
  readonly movedElements: number
  readonly lowerBoundElements: number
  readonly map: string
}

/** Inner edges fall on multiples of this: of each variant's micro-tile, and of a cache line of float32. */
const granule = 16
/** So that the list of tiles stays one message of a few megabytes; beyond it units grow instead. */
export const unitsLimit = 2 ** 18

/** Plans a job; C without elements gives a plan without units. GEMMESH_INTERNAL where the request makes no sense. */
export function planJob(request: PlanRequest): Plan {
  checkPlannable(request)
  const { job, dtype, slaves, unitsLimit: limit = unitsLimit } = request
  const [m, n, k] = request.shape
  const elements = m * n
  const unitEdge = Math.max(request.unitEdge, Math.ceil(Math.sqrt(elements / limit)))
  const weights = slaves.map(slave => slave.performance)
  const weight = weights.reduce((sum, one) => sum + one, 0)
  const parts = partition(m, n, weights, { granule, toleranceElements: unitEdge ** 2 })
  let unitsPlanned = 0
  const shares = slaves.map(({ name, performance }, index): Share => {
    const rectangle = parts.rectangles[index]
    const grids = rectangle === undefined ? [] : cutIntoUnits(rectangle, unitEdge)
    const units = grids.reduce((sum, grid) => sum + cellCount(grid), 0)
    const firstUnit = unitsPlanned
    unitsPlanned += units
    return Object.freeze({
      slave: name,
      performance,
      wanted: performance / weight,
      given: rectangle === undefined ? 0 : area(rectangle) / elements,
      rectangles: Object.freeze(rectangle === undefined ? [] : [Object.freeze(rectangle)]),
      units,
      firstUnit,
      grids: Object.freeze(grids),
    })
  })
  return Object.freeze({
    job,
    shape: Object.freeze([m, n, k] as const),
    dtype,
    shares: Object.freeze(shares),
    units: unitsPlanned,
    movedElements: parts.halfPerimeters * k,
    lowerBoundElements: parts.lowerBound * k,
  })
}

/** The plan for people: C drawn with one letter a slave, and a legend line for each slave. */
export function describePlan(plan: Pick<Plan, 'shape' | 'shares'>): { map: string } {
  return { map: drawTileMap(plan.shape, plan.shares) }
}

export function outlinePlan(plan: Plan): PlanOutline {
  const { shares, units, movedElements, lowerBoundElements } = plan
  return Object.freeze({
    shares: Object.freeze(shares.map(({ firstUnit: _, grids: __, ...share }) => Object.freeze(share))),
    units,
    movedElements,
    lowerBoundElements,
    map: describePlan(plan).map,
  })
}

/**
 * Near-equal units of about unitEdge x unitEdge: an edge is between 2/3 and 3/2 of unitEdge, and nothing thinner is left
 * over. A rectangle of one unit is halved where it is not small, so that its slave has one to compute and one to fetch.
 */
function cutIntoUnits(rectangle: Rectangle, unitEdge: number): UnitGrid[] {
  const partsOf = (length: number) => Math.max(1, Math.round(length / unitEdge))
  let down = partsOf(rectangle.rows)
  let across = partsOf(rectangle.columns)
  if (down * across === 1 && Math.max(rectangle.rows, rectangle.columns) >= Math.max(2, unitEdge / 2)) {
    if (rectangle.rows >= rectangle.columns) down = 2
    else across = 2
  }
  const edges = (start: number, length: number, parts: number) => {
    const all = split(start, length, parts, fittingGranule(length / parts))
    return Object.freeze(all.filter((edge, index) => edge !== all[index - 1]))
  }
  const rowEdges = edges(rectangle.row, rectangle.rows, down)
  const columnEdges = edges(rectangle.column, rectangle.columns, across)
  return [Object.freeze({ rowEdges, columnEdges })]
}

/** Near-equal means within an eighth: the largest power of two that is at most that of a part. */
function fittingGranule(partLength: number): number {
  let fitting = granule
  while (fitting > 1 && fitting * 8 > partLength) fitting /= 2
  return fitting
}

/** GEMMESH_INTERNAL where the request makes no sense, whatever the slaves. */
export function checkPlannable({ job, shape, slaves, unitEdge }: PlanRequest): void {
  const refuse = (fault: string) => {
    throw new GemmeshError('GEMMESH_INTERNAL', `job ${job} cannot be planned: ${fault}`)
  }
  const [m, n] = shape
  if (!shape.every(length => Number.isSafeInteger(length) && length >= 0) || !Number.isSafeInteger(m * n)) {
    refuse(`its shape is ${shape.join(', ')}; m, n, k and m*n have to be whole numbers from 0 to 2^53`)
  }
  if (!Number.isSafeInteger(unitEdge) || unitEdge < 1) {
    refuse(`a unit edge of ${unitEdge} elements; it has to be a whole number of at least 1`)
  }
  if (new Set(slaves.map(slave => slave.name)).size < slaves.length) refuse('two of its slaves have one name')
  const slow = slaves.find(({ performance }) => !(performance > 0 && Number.isFinite(performance)))
  if (slow !== undefined)
    refuse(`slave ${slow.name} has the performance ${slow.performance}, not one above 0`)
}
