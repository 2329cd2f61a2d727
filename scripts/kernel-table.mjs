/**
 * The micro-kernels: one row each. `scripts/generate-kernels.mjs` writes their text; docs/KERNEL.md has the measurements
 * behind the shapes, and says how to add a row.
 *
 *   wide      relaxed fused multiply-add; vectors stand in adjacent pairs, from which V8's revectorizer makes 256-bit
 *             operations. x64 has 16 such registers: 6x16 f32 and 6x8 f64 hold 12 accumulators, one row of B (2) and one
 *             broadcast of A (1); 12 independent chains cover two FMA units of latency 4.
 *   baseline  multiply, then add, each rounded: the same bits on every host, with 128-bit operations or paired ones.
 *
 * `nr` is in elements, a whole number of 128-bit vectors, an even number of them so that they can be paired.
 */
export const kernels = [
  { operation: 'gemm', dtype: 'float32', mr: 6, nr: 16, variant: 'wide' },
  { operation: 'gemm', dtype: 'float64', mr: 6, nr: 8, variant: 'wide' },
  { operation: 'gemm', dtype: 'int32', mr: 4, nr: 16, variant: 'wide' },
  { operation: 'gemm', dtype: 'float32', mr: 6, nr: 8, variant: 'baseline' },
  { operation: 'gemm', dtype: 'float64', mr: 4, nr: 8, variant: 'baseline' },
  { operation: 'gemm', dtype: 'int32', mr: 4, nr: 16, variant: 'baseline' },
]

/** How each variant multiplies and adds floats, and the `asc` features that its module may use. */
export const variants = {
  wide: { multiplyAdd: 'fma', features: ['simd', 'threads', 'relaxed-simd'] },
  baseline: { multiplyAdd: 'mul-add', features: ['simd', 'threads'] },
}

export const dtypes = {
  float32: { short: 'f32', bytes: 4, vector: 'f32x4' },
  float64: { short: 'f64', bytes: 8, vector: 'f64x2' },
  int32: { short: 'i32', bytes: 4, vector: 'i32x4' },
}
