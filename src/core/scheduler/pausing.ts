/**
 * Jobs that master-combine has no room for: nobody's failure, and nothing that another slave could do better. All but one unit
 * wait; that one is tried again after pauses that double, and when a tile is placed the job goes on.
 */
import { takeBack } from './attempts.ts'
import type { Attempt } from './ledger.ts'
import { type JobRecord, note, type State, type Turn } from './state.ts'

const [firstMs, longestMs] = [1000, 30_000]

export function pause({ state, now }: Turn, job: JobRecord, attempt: Attempt, reason: string): void {
  takeBack(state, job, attempt)
  const before = job.pause
  // Others that are told the same at that time say nothing new.
  if (before !== undefined && now < before.until) return
  const ms = before === undefined ? firstMs : Math.min(longestMs, before.ms * 2)
  job.pause = { ms, until: now + ms, reason }
  state.paused.add(job)
  note(job.history, now, `paused (${reason})`)
}

/** There is room. */
export function unpause(state: State, job: JobRecord): void {
  if (job.pause === undefined) return
  job.pause = undefined
  state.paused.delete(job)
  state.wanted = true
}

/** Whether a unit of the job may be handed out: after the pause, one at a time. */
export function isHeld({ now }: State, { pause, ledger }: JobRecord): boolean {
  return pause !== undefined && (now < pause.until || (ledger?.computing.size ?? 0) > 0)
}

/** Pauses that are over: somebody has to look. */
export function endPauses(state: State): void {
  for (const { pause } of state.paused) {
    if (pause === undefined || pause.until > state.now || pause.isOver === true) continue
    pause.isOver = true
    state.wanted = true
  }
}

/** When the next pause is over. */
export function pausesEndAt(state: State): number {
  let at = Number.POSITIVE_INFINITY
  for (const { pause } of state.paused)
    if (pause !== undefined && pause.isOver !== true) at = Math.min(at, pause.until)
  return at
}
