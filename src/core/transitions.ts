/** Transitions as tables: what is not in the table is a fault of gemmesh, and says what happened before. */
import { GemmeshError } from '../errors.ts'

/** From each state, the states it may go to. */
export type TransitionTable<State extends string> = Readonly<Record<State, readonly State[]>>

/** `to`, where the table has the pair; else GEMMESH_INTERNAL with the subject and its history. */
export function step<State extends string>(
  table: TransitionTable<State>,
  subject: string,
  from: State,
  to: State,
  history: readonly string[],
): State {
  const allowed = table[from]
  if (allowed.includes(to)) return to
  const choice = allowed.length === 0 ? 'nothing follows it' : `it may become ${allowed.join(', ')}`
  const before = history.length === 0 ? 'nothing' : history.join('; ')
  throw new GemmeshError(
    'GEMMESH_INTERNAL',
    `${subject} cannot become ${to}: it is ${from} and ${choice}. What happened before: ${before}`,
  )
}
