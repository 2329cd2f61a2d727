/**
 * Products with the same bits on every host, for any number of threads and any cut. Each element of C is then, in this order:
 * beta * C, plus alpha times the sum over p = 0 ... 255, plus alpha times the sum over p = 256 ... 511, and so on; a sum begins
 * at 0 and goes up by one p at a time; every multiplication and every addition is rounded by itself.
 */
import { GemmeshError } from '../errors.ts'

/** It has no fused operation, and so rounds the same everywhere. */
const reproducibleVariant = 'baseline'

/**
 * Blocks of k begin at the multiples of this: what is cut along k (files into panels, operands into blocks that travel) has to be
 * cut there. Half of the default `block-edge`, and no deeper than a block of any dtype (`blocking`), so that it fits caches.
 */
export const reproducibleDepth = 256

/** Of some processors the one that rounds the same everywhere. GEMMESH_PROCESSOR_REJECTED when it is not among them. */
export function reproducibleImages<T extends { readonly variant: string }>(
  images: readonly T[],
): readonly T[] {
  const found = images.filter(({ variant }) => variant === reproducibleVariant)
  if (found.length > 0) return found
  throw new GemmeshError(
    'GEMMESH_PROCESSOR_REJECTED',
    `Only the ${reproducibleVariant} processor gives the same bits everywhere, and there is none: ` +
      `${images.map(({ variant }) => variant).join(', ') || 'no others'}. Build it (npm run build:processors), or leave out reproducible.`,
  )
}
