/** Who may try a unit that came to nothing before: all others first, and three slaves at least before it is given up. */
import { accused, type Evidence } from './evidence.ts'
import type { Ledger } from './ledger.ts'
import type { SlaveRecord, State } from './state.ts'
import { isBarred } from './suspicion.ts'

/** A unit that fails on so many slaves is what is wrong, and not the slaves. */
const slavesWanted = 3

/** A slave that a unit came to nothing on gets it again only when no other one is there to try. */
export function mayTry(state: State, ledger: Ledger, slave: SlaveRecord, unit: number): boolean {
  const evidence = ledger.evidenceOf(unit)
  if (!evidence.some(one => one.slave === slave.name)) return true
  const tried = new Set(evidence.map(one => one.slave))
  for (const other of state.slaves.values()) {
    if (other.state === 'present' && !isBarred(state, other) && !tried.has(other.name)) return false
  }
  return !needsOthers(state, evidence)
}

/** Whether a unit that failed so often that its job would fail is to be tried by another slave first, when that one can. */
export function needsOthers(state: State, evidence: readonly Evidence[]): boolean {
  const { attempts } = state.options
  if (evidence.filter(({ kind }) => kind === 'failure').length < attempts) return false
  const tried = accused(evidence, 'failure')
  if (tried.size >= Math.min(slavesWanted, attempts)) return false
  for (const { name, state: where } of state.slaves.values())
    if (where === 'present' && !tried.has(name)) return true
  return false
}
