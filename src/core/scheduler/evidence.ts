/** Why attempts came to nothing: what a job that fails has to show for it. */
import type { UnitRef } from './messages.ts'

/**
 * - `failure`: of the slave or of the unit
 * - `loss`: the slave was lost, which may or may not be the unit's fault
 * - `wrong`: the tile failed its check
 */
export type EvidenceKind = 'failure' | 'loss' | 'wrong'

export interface Evidence {
  readonly slave: string
  readonly attempt: number
  readonly kind: EvidenceKind
  readonly code: string
  readonly message: string
}

const messageLimit = 200

export function evidenceAgainst(
  { slave, ref }: { readonly slave: string; readonly ref: UnitRef },
  { kind, code, message }: Pick<Evidence, 'kind' | 'code' | 'message'>,
): Evidence {
  const cut = message.length > messageLimit ? `${message.slice(0, messageLimit)}...` : message
  return { slave, attempt: ref.attempt, kind, code, message: cut }
}

export const listEvidence = (all: readonly Evidence[]): string =>
  all.map(one => `attempt ${one.attempt} on ${one.slave}: ${one.code} ${one.message}`).join('; ')

/** The slaves that it is against. */
export const accused = (all: readonly Evidence[], kind: EvidenceKind): ReadonlySet<string> =>
  new Set(all.filter(one => one.kind === kind).map(({ slave }) => slave))
