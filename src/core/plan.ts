/**
 * A job's plan: who computes which rectangle of C, over all of k or a part of it, in which work units. A frozen value;
 * planning touches no socket.
 */
import { GemmeshError } from '../errors.ts'
import { area, type Interval, lengthOf, type Rectangle, split } from './geometry.ts'
import type { Dtype } from './matrix.ts'
import { partition } from './partition.ts'
import { fittingGranule, type Group, groupAlongDepth } from './plan/layers.ts'
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
  /** How long the operands' blocks are; inner edges end where blocks do, as far as shares are large enough for it. */
  readonly blocks?: BlockLengths | undefined
  /** May be cut along k where that moves less data: the sum's rounding is then that of parts. Not where absent. */
  readonly cutsDepth?: boolean | undefined
}

/** Of blocks of the operands, in elements along the product's dimensions. */
export interface BlockLengths {
  /** Along m: of A. */
  readonly rows: number
  /** Along n: of B. */
  readonly columns: number
  /** Along k: the longer one of both. */
  readonly depth: number
}

export interface Share extends UnitShare {
  readonly performance: number
  /** Of C, by performance alone; 0 to 1. */
  readonly wanted: number
  /** Of C, after rounding to whole elements; 0 to 1. */
  readonly given: number
  readonly rectangles: readonly Rectangle[]
  /** Of k: all of it, unless the product is cut along it. */
  readonly depth: Interval
}

export interface Plan {
  readonly job: string
  readonly shape: readonly [m: number, n: number, k: number]
  readonly dtype: Dtype
  readonly shares: readonly Share[]
  /** How many; `unitsOf` and `unitAt` derive them. The tiles of each layer cover C exactly once. */
  readonly units: number
  /** Into how many parts k is cut, whose sum is C; 1: it is not. */
  readonly layers: number
  /** Elements of A and B that go to the slaves when each keeps what it was sent. */
  readonly movedElements: number
  /** The sum of 2*sqrt(area)*depth: no rectangles of these areas move less. */
  readonly lowerBoundElements: number
}

/** What a plan says of its shares without their units: small enough to keep, and to show, after the job has ended. */
export interface PlanOutline {
  readonly shares: readonly Omit<Share, 'firstUnit' | 'grids'>[]
  readonly units: number
  readonly layers: number
  readonly movedElements: number
  readonly lowerBoundElements: number
  readonly map: string
}

/** Without a grid of blocks, edges fall on multiples of this: of each variant's micro-tile, and of a cache line of float32. */
const granule = 16
/** So that the list of tiles stays one message of a few megabytes; beyond it units grow instead. */
export const unitsLimit = 2 ** 18

interface Part {
  readonly rectangle: Rectangle
  readonly depth: Interval
  readonly grid: UnitGrid
}

/** Plans a job; C without elements gives a plan without units. GEMMESH_INTERNAL where the request makes no sense. */
export function planJob(request: PlanRequest): Plan {
  checkPlannable(request)
  const { job, dtype, slaves } = request
  const [m, n, k] = request.shape
  const { parts, layers, movedElements, lowerBoundElements } = shareOut(request)
  const weight = slaves.reduce((sum, { performance }) => sum + performance, 0)
  let unitsPlanned = 0
  const shares = slaves.map(({ name, performance }, index): Share => {
    const part = parts[index]
    const grids = part === undefined ? [] : [part.grid]
    const units = grids.reduce((sum, grid) => sum + cellCount(grid), 0)
    const firstUnit = unitsPlanned
    unitsPlanned += units
    return Object.freeze({
      slave: name,
      performance,
      wanted: performance / weight,
      given:
        part === undefined ? 0 : (area(part.rectangle) / (m * n)) * (k === 0 ? 1 : lengthOf(part.depth) / k),
      rectangles: Object.freeze(part === undefined ? [] : [Object.freeze(part.rectangle)]),
      depth: Object.freeze(part?.depth ?? { start: 0, end: 0 }),
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
    layers,
    movedElements,
    lowerBoundElements,
  })
}

/** One part of the product a slave, by its index; with the figures of all. */
function shareOut({ shape, slaves, blocks, cutsDepth = false, ...request }: PlanRequest) {
  const [m, n, k] = shape
  const { unitsLimit: limit = unitsLimit } = request
  const unitEdge = Math.max(request.unitEdge, Math.ceil(Math.sqrt((m * n) / limit)))
  const weights = slaves.map(slave => slave.performance)
  const blockDepth = blocks?.depth ?? 1
  const groups: readonly Group[] =
    cutsDepth && m * n > 0
      ? groupAlongDepth({ shape, weights, unitEdge, blockDepth, unitsLimit: limit })
      : [{ members: weights.map((_, index) => index), depth: { start: 0, end: k }, layers: 1 }]
  const rounding = {
    granule: { rows: blocks?.rows ?? granule, columns: blocks?.columns ?? granule },
    toleranceElements: unitEdge ** 2,
  }
  const parts: (Part | undefined)[] = slaves.map(() => undefined)
  let layers = 0
  let movedElements = 0
  let lowerBoundElements = 0
  for (const { members, depth, layers: ownLayers } of groups) {
    const depthEdges = Object.freeze(cutDepth(depth, ownLayers, blockDepth))
    const shared = partition(
      m,
      n,
      members.map(index => weights[index] ?? 0),
      rounding,
    )
    for (const [place, index] of members.entries()) {
      const rectangle = shared.rectangles[place]
      if (rectangle === undefined) continue
      const grid = {
        ...cutIntoUnits(rectangle, unitEdge, rounding.granule, ownLayers === 1),
        depthEdges,
        firstLayer: layers,
      }
      parts[index] = { rectangle, depth, grid: Object.freeze(grid) }
    }
    movedElements += shared.halfPerimeters * lengthOf(depth)
    lowerBoundElements += shared.lowerBound * lengthOf(depth)
    layers += ownLayers
  }
  return { parts, layers, movedElements, lowerBoundElements }
}

/** Near-equal layers that end where blocks do, as far as they are much longer than one. */
function cutDepth({ start, end }: Interval, layers: number, blockDepth: number): number[] {
  if (layers === 1) return [start, end]
  const edges = split(start, end - start, layers, fittingGranule(blockDepth, (end - start) / layers))
  return edges.filter((edge, index) => edge !== edges[index - 1])
}

/** The plan for people: C drawn with one letter a slave, and a legend line for each slave. */
export function describePlan(plan: Pick<Plan, 'shape' | 'shares'>): { map: string } {
  return { map: drawTileMap(plan.shape, plan.shares) }
}

export function outlinePlan(plan: Plan): PlanOutline {
  const { shares, units, layers, movedElements, lowerBoundElements } = plan
  return Object.freeze({
    shares: Object.freeze(shares.map(({ firstUnit: _, grids: __, ...share }) => Object.freeze(share))),
    units,
    layers,
    movedElements,
    lowerBoundElements,
    map: describePlan(plan).map,
  })
}

/**
 * Near-equal units, within an eighth, of about unitEdge x unitEdge: an edge is between 2/3 and 3/2 of it, nothing thinner is left
 * over. With `isHalved`, a rectangle of one unit becomes two where it is not small: its slave has one to compute and one to fetch.
 */
function cutIntoUnits(
  rectangle: Rectangle,
  unitEdge: number,
  granule: { readonly rows: number; readonly columns: number },
  isHalved: boolean,
): Pick<UnitGrid, 'rowEdges' | 'columnEdges'> {
  const partsOf = (length: number) => Math.max(1, Math.round(length / unitEdge))
  let down = partsOf(rectangle.rows)
  let across = partsOf(rectangle.columns)
  if (
    isHalved &&
    down * across === 1 &&
    Math.max(rectangle.rows, rectangle.columns) >= Math.max(2, unitEdge / 2)
  ) {
    if (rectangle.rows >= rectangle.columns) down = 2
    else across = 2
  }
  const edges = (start: number, length: number, parts: number, granule: number) => {
    const all = split(start, length, parts, fittingGranule(granule, length / parts / 8))
    return Object.freeze(all.filter((edge, index) => edge !== all[index - 1]))
  }
  const rowEdges = edges(rectangle.row, rectangle.rows, down, granule.rows)
  const columnEdges = edges(rectangle.column, rectangle.columns, across, granule.columns)
  return { rowEdges, columnEdges }
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
