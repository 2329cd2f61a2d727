/**
 * The micro-kernels: one row each. `scripts/generate-kernels.mjs` writes their text; docs/KERNEL.md has the measurements
 * behind the shapes, and says how to add a row.
 *
 *   wide      relaxed fused multiply-add; vectors stand in adjacent pairs, from which V8's revectorizer makes 256-bit
 *             operations. x64 has 16 such registers: 6x16 f32 and 6x8 f64 hold 12 accumulators, one row of B (2) and one
 *             broadcast of A (1); 12 independent chains cover two FMA units of latency 4.
 *   baseline  multiply, then add, each rounded: the same bits on every host, with 128-bit operations or paired ones.
 *
 * `nr` is in elements, a whole number of 128-bit vectors, an even number of them so that they can be paired. The rows of a
 * variant that share a dtype share its nr, and so its packed panels of B; gemm's mr is the one that work is cut by.
 */
const gemm = [
  { operation: 'gemm', dtype: 'float32', mr: 6, nr: 16, variant: 'wide' },
  { operation: 'gemm', dtype: 'float64', mr: 6, nr: 8, variant: 'wide' },
  { operation: 'gemm', dtype: 'int32', mr: 4, nr: 16, variant: 'wide' },
  { operation: 'gemm', dtype: 'float32', mr: 6, nr: 8, variant: 'baseline' },
  { operation: 'gemm', dtype: 'float64', mr: 4, nr: 8, variant: 'baseline' },
  { operation: 'gemm', dtype: 'int32', mr: 4, nr: 16, variant: 'baseline' },
]

/**
 * Shapes of the semirings' micro-kernels. Two operations a step, where gemm has one fused, need a register more for what is
 * between them: with 6 rows the accumulators of the wide variant would not fit (or-and f32: 58 Gop/s, with 4 rows 85).
 */
const shapes = [
  { dtype: 'float32', mr: 4, nr: 16, variant: 'wide' },
  { dtype: 'float64', mr: 4, nr: 8, variant: 'wide' },
  { dtype: 'int32', mr: 4, nr: 16, variant: 'wide' },
  { dtype: 'float32', mr: 6, nr: 8, variant: 'baseline' },
  { dtype: 'float64', mr: 4, nr: 8, variant: 'baseline' },
  { dtype: 'int32', mr: 4, nr: 16, variant: 'baseline' },
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

/**
 * The arithmetic of each semiring but plus-times, as text over vectors (`v` is a vector type). A comparison with a NaN is
 * false, so that one is passed over: pmin(x, y) is y < x ? y : x, pmax(x, y) is x < y ? y : x, one instruction each.
 *
 *   zero    what an accumulator starts with
 *   step    an accumulator after one more step of k
 *   add     of two results, of which the second may be anything that C held
 *   clean   what packed elements of A become, where `step` asks for it
 *   finish  what C gets of an accumulator, where it is not the accumulator
 */
export const semirings = {
  'min-plus': {
    zero: short => (short === 'i32' ? 'i32.MAX_VALUE' : 'Infinity'),
    step: (v, a, b, c) => least(v, c, `${v}.add(${a}, ${b})`),
    add: least,
  },
  'max-plus': {
    zero: lowest,
    step: (v, a, b, c) => greatest(v, c, `${v}.add(${a}, ${b})`),
    add: greatest,
  },
  // The inner pmin takes a NaN of B along, and the outer pmax passes it over; a NaN of A has to be gone before.
  'max-min': {
    zero: lowest,
    step: (v, a, b, c) => greatest(v, c, least(v, b, a)),
    add: greatest,
    clean: (v, x, short) => short !== 'i32' && greatest(v, `${v}.splat(-Infinity)`, x),
  },
  // Bits of B where A is not zero, gathered over k: all of them zero, or only the sign of -0, where there was no pair.
  'or-and': {
    zero: () => '0',
    step: (_, a, b, c) => `v128.or(${c}, v128.and(${a}, ${b}))`,
    add: (_, x, y) => `v128.or(${x}, ${y})`,
    clean: (v, x) => `${v}.ne(${x}, ${v}.splat(0))`,
    finish: (v, x) => `v128.and(${v}.ne(${x}, ${v}.splat(0)), ${v}.splat(1))`,
  },
}

function lowest(short) {
  return short === 'i32' ? 'i32.MIN_VALUE' : '-Infinity'
}
function least(v, x, y) {
  return v === 'i32x4' ? `${v}.min_s(${x}, ${y})` : `${v}.pmin(${x}, ${y})`
}
function greatest(v, x, y) {
  return v === 'i32x4' ? `${v}.max_s(${x}, ${y})` : `${v}.pmax(${x}, ${y})`
}

export const kernels = [
  ...gemm,
  ...Object.keys(semirings).flatMap(operation => shapes.map(shape => ({ operation, ...shape }))),
]
