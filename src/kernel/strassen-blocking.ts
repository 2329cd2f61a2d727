/** The blocking of Strassen's products, in elements: as deep as packed blocks of A may be, which have as many elements as `blocking` has. */
import type { Blocking } from './blocking.ts'

/**
 * Each block of k is a pass over the targets, of which a product has two: deeper blocks than the classical algorithm's, and
 * fewer rows of A for it. mc is divisible by 4, 6 and 12.
 */
export const strassenBlocking: Readonly<Record<'float32' | 'float64', Blocking>> = {
  float32: { mc: 180, kc: 512 },
  float64: { mc: 120, kc: 384 },
}
