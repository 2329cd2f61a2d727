/** What of this runtime's vector operations may be used: all of them, unless GEMMESH_SIMD says less. */
import { GemmeshError } from '../errors.ts'

/**
 * From most to least:
 *
 *   wide     pairs of 128-bit operations become 256-bit ones (V8's revectorizer), products are fused with sums (relaxed SIMD)
 *   relaxed  no pairs: what a V8 without the revectorizer or a CPU without AVX2 gives
 *   plain    no fused operations either: WebAssembly's SIMD as it was first standardized, the baseline processor alone
 */
const simdLevels = ['wide', 'relaxed', 'plain'] as const
export type SimdLevel = (typeof simdLevels)[number]

/** GEMMESH_USAGE when GEMMESH_SIMD names none of them. */
export function simdLevel(environment: Readonly<NodeJS.ProcessEnv> = process.env): SimdLevel {
  const wanted = environment.GEMMESH_SIMD || 'wide'
  const found = simdLevels.find(level => level === wanted)
  if (found !== undefined) return found
  throw new GemmeshError(
    'GEMMESH_USAGE',
    `GEMMESH_SIMD is ${JSON.stringify(wanted)}; it may be ${simdLevels.join(', ')}, or be left out.`,
  )
}

/** Whether a processor says that it holds relaxed operations. */
export const usesRelaxedSimd = (module: WebAssembly.Module): boolean =>
  WebAssembly.Module.exports(module).some(({ name }) => name === 'relaxed_simd')
