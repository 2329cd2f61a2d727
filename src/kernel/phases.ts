/**
 * Loop 5 as phases that any number of threads work off together. C is cut into panels of columns; for each, the threads
 * first pack the panel of B (once, for all of them), then compute pieces of C, each packing its own part of A:
 *
 *   pack 0 ─▶ compute 0            one piece of work at a time, handed out in this order
 *   pack 1 ─▶ compute 1            into the other of two buffers: no thread waits for the last piece of compute 0
 *   pack 2 ─▶ compute 2            after compute 0, whose buffer it takes
 *
 * One thread alone has nobody to wait for, and always takes the first buffer, which its caches hold.
 *
 * A pure function of tasks and limits: every thread derives the same phases, and a task is a few numbers.
 */
import { bytesPerElement } from '../core/matrix.ts'
import { depthOf, evenPart } from './blocking.ts'
import { DeepPart, depthsOf } from './deep.ts'
import { dotPhase, isDotProduct } from './dot.ts'
import { byBlocks, withGrids } from './grid.ts'
import { Panel } from './panel.ts'
import type { Buffered, Phase, PhaseLimits } from './phase.ts'
import { isRow, rowPhase } from './row.ts'
import { isSmall, smallPhase } from './small.ts'
import { planStrassen, type StrassenPlan, strassenLevels, summed } from './strassen.ts'
import { isFlat, stripPhase } from './strip.ts'
import { type GemmTask, onlyScales, rowMajor, transposed } from './task.ts'

/** What part of a micro-tile's columns is few. */
const fewColumns = 4

/** A round's counters fit one control block (drain.ts) of 16 KiB. */
export const phasesPerRound = 1022
export const chainSlots = 3072

/**
 * The phases of all tasks, in rounds of at most `phasesPerRound`: a round begins when the one before is done. Tasks must
 * not write to what another one reads or writes; those that are blocks of one product are planned as one (grid.ts); those
 * without elements of C have no phases. `levelsOf`: of Strassen's algorithm.
 */
export function planPhases(
  tasks: readonly GemmTask[],
  limits: PhaseLimits,
  levelsOf: (task: GemmTask) => number = strassenLevels,
): Phase[][] {
  const rounds: Round[] = []
  const roundFor = (phases: number): Round => {
    const last = rounds.at(-1)
    if (last !== undefined && last.phases.length + phases <= phasesPerRound) return last
    const next: Round = { phases: [], readers: [undefined, undefined], slots: 0 }
    rounds.push(next)
    return next
  }
  let sequence = 0
  const addGroups = (groups: Making[][]) => {
    for (const group of groups) {
      let progress: Progress | undefined
      for (const making of group) {
        const buffer = limits.threads > 1 && sequence++ % 2 === 1 ? 1 : 0
        progress = addBuffered(roundFor(2), buffer, making, limits.panels[buffer], progress)
      }
    }
  }
  const given = tasks.map(task => oriented(task, limits)).filter(({ m, n }) => m > 0 && n > 0)
  for (const task of withGrids(given, limits.microTiles, task => goesByPanels(task, limits, levelsOf))) {
    if ('whole' in task) {
      addGroups(panelGroups(task.whole, limits, [byBlocks(task)]))
      continue
    }
    const strassen = planStrassen(task, levelsOf(task), limits)
    const single = strassen === undefined ? singlePhase(task, limits) : undefined
    if (single !== undefined) roundFor(1).phases.push(single)
    else addGroups(groupsOf(task, limits, strassen))
  }
  return rounds.map(round => round.phases)
}

/** Whether a task alone is computed by panels of B, and as it stands. */
const goesByPanels = (task: GemmTask, limits: PhaseLimits, levelsOf: (task: GemmTask) => number): boolean =>
  planStrassen(task, levelsOf(task), limits) === undefined &&
  singlePhase(task, limits) === undefined &&
  depthsOf(task, limits) === undefined

/** Of products that need no buffer. */
export function singlePhase(task: GemmTask, limits: PhaseLimits): Phase | undefined {
  if (onlyScales(task)) return scalePhase(task, limits.threads)
  if (isDotProduct(task) && limits.threads === 1) return dotPhase(task)
  if (depthsOf(task, limits) !== undefined) return undefined
  if (isRow(task)) return rowPhase(task, limits)
  if (isSmall(task, limits)) return smallPhase(task, limits)
  return isFlat(task) ? stripPhase(task, limits) : undefined
}

/** What is to be made of a buffer at an offset, and what becomes of its phases. */
interface Making {
  readonly make: (target: number) => Buffered
  readonly recast: Recast
}
/** A phase as it is to run: what it asks of the kernel may mean something else, of a grid or of a product of sums. */
type Recast = (phase: Phase) => Phase
const asItIs: Recast = phase => phase

/** The buffers that a task needs: in a group those that add to the same elements of C, one after the other. */
function groupsOf(task: GemmTask, limits: PhaseLimits, strassen: StrassenPlan | undefined): Making[][] {
  if (strassen !== undefined) {
    const { products, part, limits, kc } = strassen
    return panelGroups(part, limits, products.map(summed), kc)
  }
  const depths = depthsOf(task, limits)
  if (depths === undefined) return panelGroups(task, limits, [asItIs])
  const parts = Math.ceil(depths.blocks / depths.perPart)
  return [
    Array.from({ length: parts }, (_, part) => ({
      make: target => new DeepPart(task, limits, target, depths, part),
      recast: asItIs,
    })),
  ]
}

/** A group for each panel's columns: all of k as each of the recasts, one after the other. `deepest`: kc, if not of `blocking`. */
function panelGroups(
  task: GemmTask,
  limits: PhaseLimits,
  recasts: readonly Recast[],
  deepest?: number,
): Making[][] {
  const { n, k } = task
  const { columns, depth, kc } = panelShape(task, limits, deepest)
  const groups: Making[][] = []
  for (let column = 0; column < n; column += columns) {
    const width = Math.min(columns, n - column)
    const group: Making[] = []
    for (const recast of recasts) {
      for (let from = 0; from < k; from += depth) {
        const extent = { column, columns: width, k: from, depth: Math.min(depth, k - from), kc }
        group.push({ make: target => new Panel(task, limits, target, extent), recast })
      }
    }
    groups.push(group)
  }
  return groups
}

/**
 * The task as it is computed: C stored by rows where it can be; but with so few columns that most of a micro-tile would be
 * idle, as the transposed one, which has few rows. But not where that would give 0 for -0: the lesser of both is the one that
 * stands first, and a part of a product may have few columns where all of it has many.
 */
export function oriented(task: GemmTask, { microTiles }: PhaseLimits): GemmTask {
  const given = rowMajor(task)
  if (given.reproducible && given.semiring === 'max-min') return given
  return given.m > given.n && fewColumns * given.n <= microTiles[task.dtype].nr ? transposed(given) : given
}

interface Round {
  readonly phases: Phase[]
  /** The phase that last read from each buffer. */
  readonly readers: [number | undefined, number | undefined]
  /** Of the control block's, taken. */
  slots: number
}

/** How far the panels, or parts of k, have come in one round that add to the same elements of C. */
interface Progress {
  readonly round: Round
  /** The phase that computed from the buffer before; undefined at first. */
  readonly phase: number | undefined
  /** The chain's first slot; undefined where the control block has too few, so that phase waits for phase. */
  readonly slot: number | undefined
  readonly step: number
}

/** Adds a buffer's two phases to the round; `target`: where the buffer is, `before`: how far the one before has come. */
function addBuffered(
  round: Round,
  buffer: 0 | 1,
  { make, recast }: Making,
  target: number,
  before: Progress | undefined,
): Progress {
  const work = make(target)
  const { phases, readers } = round
  const reader = readers[buffer]
  const packing = phases.push(recast(work.fillPhase(reader === undefined ? [] : [reader]))) - 1
  // A round begins when the one before is done.
  const progress = before?.round === round ? before : begin(round, work.pieces)
  const { slot, step } = progress
  const waits = slot === undefined && progress.phase !== undefined ? [progress.phase, packing] : [packing]
  const phase = phases.push(recast(work.usePhase(waits, slot === undefined ? undefined : { slot, step }))) - 1
  readers[buffer] = phase
  return { round, phase, slot, step: step + 1 }
}

function begin(round: Round, pieces: number): Progress {
  const slot = round.slots + pieces <= chainSlots ? round.slots : undefined
  if (slot !== undefined) round.slots += pieces
  return { round, phase: undefined, slot, step: 0 }
}

/**
 * A panel below this size holds more than one block of k: with few columns the phases would be too short for what it takes
 * to begin one.
 */
const deepBelowBytes = 1024 * 1024

/**
 * The part of k and of the columns that one panel holds: one block of k, of as many columns as there is room for, so that A
 * is packed once, and what each phase reads stays in the L3 cache.
 */
function panelShape(task: GemmTask, { microTiles, panelBytes }: PhaseLimits, deepest?: number) {
  const { nr } = microTiles[task.dtype]
  const kc =
    deepest === undefined ? depthOf(task.dtype, task.k, task.reproducible) : evenPart(task.k, deepest)
  const columnBytes = kc * bytesPerElement[task.dtype]
  const widest = Math.max(nr, Math.floor(panelBytes / columnBytes / nr) * nr)
  const columns = evenPart(task.n, widest, nr)
  const blocks = Math.max(1, Math.floor(deepBelowBytes / (columns * columnBytes)))
  return { depth: blocks * kc, columns, kc }
}

/** C = beta * C by rows, near-equal. */
function scalePhase(task: GemmTask, threads: number): Phase {
  const rows = evenPart(task.m, Math.ceil(task.m / threads))
  return {
    pieces: Math.ceil(task.m / rows),
    after: [],
    run: (kernel, piece) => kernel.scale(task, piece * rows, Math.min(rows, task.m - piece * rows)),
  }
}
