/**
 * Cutting k. Where k is much longer than C is wide, rectangles of C are dear: with many slaves each needs little of C and yet
 * all of k for it. So slaves are put into groups, each group gets an interval of k in proportion to its performance, and shares
 * C out among its members; the parts, called layers, are added up at master-combine. One group of all is a plan that is not cut.
 */
import type { Interval } from '../geometry.ts'
import { arrange } from '../partition/divide.ts'

export interface Group {
  /** Indices of the weights. */
  readonly members: readonly number[]
  readonly depth: Interval
  /** How many layers its interval is cut into: so many units, at least, does each member get. */
  readonly layers: number
}

export interface LayersRequest {
  readonly shape: readonly [m: number, n: number, k: number]
  /** Of the slaves; positive. */
  readonly weights: readonly number[]
  readonly unitEdge: number
  /** How long blocks of the operands are along k: nobody gets less than one. */
  readonly blockDepth: number
  readonly unitsLimit: number
}

/** All partial tiles together have at most this part of the operands' elements: they all go to one master-combine. */
const partialShare = 1 / 4
/** A cut along k has to move this much less, in all: it costs master-combine the adding up. */
const worthwhile = 0.75
/** Units of a slave: enough for others to help with, and for the next one to arrive while one is computed. */
const unitsWanted = 16

/** One group of all, or those whose operands and partial tiles together have the fewest elements. */
export function groupAlongDepth(request: LayersRequest): readonly Group[] {
  const { shape, weights } = request
  const [m, n, k] = shape
  const all = weights.map((_, index) => index)
  const whole: readonly Group[] = [{ members: all, depth: { start: 0, end: k }, layers: 1 }]
  const layersLimit = Math.min(
    Math.floor((partialShare * (m + n) * k) / (m * n)),
    Math.floor(k / request.blockDepth),
  )
  if (weights.length < 2 || !(layersLimit >= 2)) return whole
  const order = all.toSorted((a, b) => (weights[a] ?? 0) - (weights[b] ?? 0) || a - b)
  const halfPerimeters = (members: readonly number[]) =>
    arrange(
      m,
      n,
      members.map(index => weights[index] ?? 0),
    ).halfPerimeters
  let best = whole
  let least = worthwhile * (halfPerimeters(all) * k + m * n)
  for (const count of groupCounts(weights.length)) {
    const layersEach = layersOf(request, count, layersLimit)
    // One layer more than the others' still moves more than the best so far, whatever its groups.
    if (layersEach < 1 || (m + n) * k + count * layersEach * m * n >= least) continue
    const groups = groupsOf(order, weights, count)
    const operands = groups.reduce((sum, { members, part }) => sum + halfPerimeters(members) * part * k, 0)
    const elements = operands + count * layersEach * m * n
    if (elements >= least) continue
    least = elements
    best = intervalsOf(groups, k, request.blockDepth).map(({ members, depth }) => ({
      members,
      depth,
      layers: layersIn(depth, layersEach, request.blockDepth),
    }))
  }
  return best
}

function* groupCounts(slaves: number): Generator<number> {
  for (let count = 2; count < slaves; count *= 2) yield count
  yield slaves
}

/** So that each slave has about `unitsWanted` units, as far as layers may be so many. */
function layersOf(
  { shape: [m, n], weights, unitEdge, unitsLimit }: LayersRequest,
  count: number,
  limit: number,
): number {
  const cells = Math.max(weights.length / count, (m * n) / unitEdge ** 2)
  const wanted = Math.ceil((unitsWanted * (weights.length / count)) / cells)
  return Math.min(wanted, Math.floor(limit / count), Math.max(1, Math.floor(unitsLimit / (cells * count))))
}

/** Slaves of like weight stand together: near-equal parts of C are near-square. */
function groupsOf(order: readonly number[], weights: readonly number[], count: number) {
  const weightOf = (members: readonly number[]) =>
    members.reduce((sum, index) => sum + (weights[index] ?? 0), 0)
  const sum = weightOf(order)
  return Array.from({ length: count }, (_, group) => {
    const [from, to] = [group, group + 1].map(edge => Math.round((edge * order.length) / count))
    const members = order.slice(from, to)
    return { members, part: weightOf(members) / sum }
  })
}

/** An edge moves by at most this part of the shortest interval. */
const shiftLimit = 1 / 70

function intervalsOf(
  groups: readonly { readonly members: readonly number[]; readonly part: number }[],
  k: number,
  blockDepth: number,
) {
  const shortest = k * Math.min(...groups.map(({ part }) => part))
  const granule = fittingGranule(blockDepth, 2 * shiftLimit * shortest)
  let before = 0
  let start = 0
  return groups.flatMap(({ members, part }, index) => {
    before += part
    const ideal = Math.round((k * before) / granule) * granule
    const end = index === groups.length - 1 ? k : Math.min(k, Math.max(start, ideal))
    const depth = { start, end }
    start = end
    return depth.end > depth.start ? [{ members, depth }] : []
  })
}

const layersIn = ({ start, end }: Interval, wanted: number, blockDepth: number): number =>
  Math.max(1, Math.min(wanted, Math.floor((end - start) / blockDepth)))

/** The block's length, halved until it is at most `limit`; 1 where nothing else fits. */
export function fittingGranule(blockLength: number, limit: number): number {
  let fitting = blockLength
  while (fitting > 1 && fitting > limit) fitting = fitting % 2 === 0 ? fitting / 2 : 1
  return fitting
}
