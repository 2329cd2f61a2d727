/**
 * Loop 5 as phases that any number of threads work off together. C is cut into panels of columns; for each, the threads
 * first pack the panel of B (once, for all of them), then compute pieces of C, each packing its own part of A:
 *
 *   pack 0 ─▶ compute 0            one piece of work at a time, handed out in this order
 *   pack 1 ─▶ compute 1            into the other of two buffers: no thread waits for the last piece of compute 0
 *   pack 2 ─▶ compute 2            after compute 0, whose buffer it takes
 *
 * A pure function of tasks and limits: every thread derives the same phases, and a task is a few numbers.
 */
import { bytesPerElement } from '../core/matrix.ts'
import { depthOf, evenPart } from './blocking.ts'
import { Panel } from './panel.ts'
import type { Phase, PhaseLimits } from './phase.ts'
import { isRow, rowPhase } from './row.ts'
import { isFlat, stripPhase } from './strip.ts'
import { type GemmTask, onlyScales, rowMajor, transposed } from './task.ts'

/** What part of a micro-tile's columns is few. */
const fewColumns = 4

/** A round's counters fit one control block (drain.ts) of 4 KiB. */
export const phasesPerRound = 1022

/**
 * The phases of all tasks, in rounds of at most `phasesPerRound`: a round begins when the one before is done. Tasks must
 * not write to what another one reads or writes; tasks without elements of C have no phases.
 */
export function planPhases(tasks: readonly GemmTask[], limits: PhaseLimits): Phase[][] {
  const rounds: Round[] = []
  const roundFor = (phases: number): Round => {
    const last = rounds.at(-1)
    if (last !== undefined && last.phases.length + phases <= phasesPerRound) return last
    const next: Round = { phases: [], readers: [undefined, undefined] }
    rounds.push(next)
    return next
  }
  let sequence = 0
  for (const task of tasks.map(task => oriented(task, limits))) {
    if (task.m === 0 || task.n === 0) continue
    if (onlyScales(task)) {
      roundFor(1).phases.push(scalePhase(task, limits.threads))
      continue
    }
    if (isRow(task)) {
      roundFor(1).phases.push(rowPhase(task, limits))
      continue
    }
    if (isFlat(task)) {
      roundFor(1).phases.push(stripPhase(task, limits))
      continue
    }
    const { columns, depth, kc } = panelShape(task, limits)
    for (let column = 0; column < task.n; column += columns) {
      for (let k = 0; k < task.k; k += depth) {
        const buffer = sequence++ % 2 === 0 ? 0 : 1
        const extent = {
          column,
          columns: Math.min(columns, task.n - column),
          k,
          depth: Math.min(depth, task.k - k),
          kc,
        }
        addPanel(roundFor(2), buffer, new Panel(task, limits, limits.panels[buffer], extent), k > 0)
      }
    }
  }
  return rounds.map(round => round.phases)
}

/**
 * The task as it is computed: C stored by rows where it can be; but with so few columns that most of a micro-tile would be
 * idle, as the transposed one, which has few rows. But not where that would give 0 for -0: the lesser of both is the one that
 * stands first, and a part of a product may have few columns where all of it has many.
 */
function oriented(task: GemmTask, { microTiles }: PhaseLimits): GemmTask {
  const given = rowMajor(task)
  if (given.reproducible && given.semiring === 'max-min') return given
  return given.m > given.n && fewColumns * given.n <= microTiles[task.dtype].nr ? transposed(given) : given
}

interface Round {
  readonly phases: Phase[]
  /** The phase that last read from each buffer. */
  readonly readers: [number | undefined, number | undefined]
}

/** `continues`: the panel before this one added an earlier part of k to the same elements of C. */
function addPanel({ phases, readers }: Round, buffer: 0 | 1, panel: Panel, continues: boolean): void {
  const reader = readers[buffer]
  const before = phases.length - 1
  const packing = phases.push(panel.packPhase(reader === undefined ? [] : [reader])) - 1
  const after = continues && before >= 0 ? [before, packing] : [packing]
  readers[buffer] = phases.push(panel.computePhase(after)) - 1
}

/** The part of k and of the columns that one panel holds: all of k where a panel of 1024 columns has room for it. */
function panelShape(task: GemmTask, { microTiles, panelBytes }: PhaseLimits) {
  const { nr } = microTiles[task.dtype]
  const kc = depthOf(task.dtype, task.k, task.reproducible)
  const elements = Math.floor(panelBytes / bytesPerElement[task.dtype])
  const wanted = Math.min(Math.ceil(task.n / nr) * nr, 1024)
  const deepest = Math.max(kc, Math.floor(elements / wanted))
  const depth = task.k <= deepest ? task.k : evenPart(task.k, deepest, kc)
  const widest = Math.max(nr, Math.floor(elements / depth / nr) * nr)
  return { depth, columns: evenPart(task.n, widest, nr), kc }
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
