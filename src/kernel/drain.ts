/** The loop in which threads work off phases together. They share a control block in the arena, nothing else. */
import { GemmeshError } from '../errors.ts'
import type { KernelCalls } from './kernel.ts'
import type { Phase } from './phase.ts'
import { chainSlots, phasesPerRound } from './phases.ts'

/**
 * The control block: the next ticket, a flag that ends everything early, how many pieces of each phase are done, and how many
 * steps each piece of a chain.
 */
const nextTicket = 0
const stopFlag = 1
const firstDone = 2
const firstSlot = firstDone + phasesPerRound
export const controlBytes = (firstSlot + chainSlots) * Int32Array.BYTES_PER_ELEMENT

/** The control block at an offset of a memory, as every thread sees it. */
export const viewControl = (memory: WebAssembly.Memory, offset: number): Int32Array =>
  new Int32Array(memory.buffer, offset, controlBytes / Int32Array.BYTES_PER_ELEMENT)

/** How long a thread sleeps before it looks at the stop flag again; it is woken sooner when a phase is done. */
const napMs = 50
/** Looks at a phase before sleeping on it: a sleep and a wake-up cost tens of microseconds, about as long as a piece. */
const looks = 2000

/** Makes a control block ready for a round. No thread may be in `drain` on it. */
export function resetControl(control: Int32Array): void {
  control.fill(0)
}

/** Since the block was made ready: how far the round is, and a few more for threads that found nothing left. */
export function ticketsTaken(control: Int32Array): number {
  return Atomics.load(control, nextTicket)
}

/** Ends every `drain` on this control block before its next piece. */
export function stop(control: Int32Array): void {
  Atomics.store(control, stopFlag, 1)
}

/**
 * Takes pieces of `phases` (one round) by ticket until there are none, or the stop flag is set. Tickets go in the order of the phases,
 * so whoever waits for a phase waits for threads that are computing, never for one that has yet to come: any number of
 * threads, one too, finishes the work. If a piece throws, the others are stopped.
 */
export function drain(
  phases: readonly Phase[],
  control: Int32Array,
  kernel: KernelCalls,
  workspace: number,
): void {
  let phase = 0
  let first = 0
  try {
    for (;;) {
      const ticket = Atomics.add(control, nextTicket, 1)
      let current = phases[phase]
      while (current !== undefined && ticket >= first + current.pieces) {
        first += current.pieces
        current = phases[++phase]
      }
      if (current === undefined) return
      const piece = ticket - first
      const { after, chain } = current
      for (const earlier of after) awaitPhase(phases[earlier], earlier, control)
      if (chain !== undefined) awaitCount(control, firstSlot + chain.slot + piece, chain.step)
      if (Atomics.load(control, stopFlag) !== 0) return
      current.run(kernel, piece, workspace)
      if (chain !== undefined) {
        Atomics.store(control, firstSlot + chain.slot + piece, chain.step + 1)
        Atomics.notify(control, firstSlot + chain.slot + piece)
      }
      const done = Atomics.add(control, firstDone + phase, 1) + 1
      if (done === current.pieces) Atomics.notify(control, firstDone + phase)
    }
  } catch (error) {
    stop(control)
    throw error
  }
}

function awaitPhase(phase: Phase | undefined, index: number, control: Int32Array): void {
  if (phase === undefined)
    throw new GemmeshError('GEMMESH_INTERNAL', `A piece waits for phase ${index}, which is not there.`)
  awaitCount(control, firstDone + index, phase.pieces)
}

/** Returns when the counter has reached `wanted`, or the stop flag is set. */
function awaitCount(control: Int32Array, at: number, wanted: number): void {
  let count = Atomics.load(control, at)
  for (let look = 0; count < wanted && look < looks; look++) count = Atomics.load(control, at)
  while (count < wanted && Atomics.load(control, stopFlag) === 0) {
    Atomics.wait(control, at, count, napMs)
    count = Atomics.load(control, at)
  }
}
