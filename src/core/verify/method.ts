/** How a tile is checked; docs/VERIFICATION.md has the mathematics. */
import type { Dtype } from '../matrix.ts'
import type { Semiring } from '../semiring.ts'

/**
 * - `real`: products with secret vectors, in float64, up to a bound of the roundings
 * - `modular`: products with secret vectors modulo 2^32, exactly
 * - `sampled`: secret entries of the tile, exactly
 */
export type Method = 'real' | 'modular' | 'sampled'

export function methodOf(semiring: Semiring, dtype: Dtype): Method {
  if (semiring !== 'plus-times') return 'sampled'
  return dtype === 'int32' ? 'modular' : 'real'
}
