/**
 * The micro-kernels: one row for each shape of a micro-tile. `scripts/generate-kernels.mjs` writes their text;
 * docs/KERNEL.md has the measurements behind the shapes, and says how to add a row.
 *
 *   wide      relaxed fused multiply-add; vectors stand in adjacent pairs, from which V8's revectorizer makes 256-bit
 *             operations. x64 has 16 such registers: 6x16 f32 and 6x8 f64 hold 12 accumulators, one row of B (2) and one
 *             broadcast of A (1); 12 independent chains cover two FMA units of latency 4.
 *   fma       the same where nothing is paired: 12 accumulators of 128 bits.
 *   baseline  multiply, then add, each rounded: the same bits on every host. A product needs a register between the two,
 *             so that it has fewer accumulators; a shape for paired vectors, and one for others.
 *
 * `gemm` is gemm's mr, the one that work is cut by. `semiring` is that of the other operations, which share packed panels
 * of B: two operations a step, where gemm has one fused, need a register more for what is between them (or-and f32 with 6
 * rows: 58 Gop/s, with 4 rows 85). `nr` is in elements, a whole number of 128-bit vectors, an even number of them so that
 * they can be paired. Of several shapes the self-test takes the fastest, for each dtype by itself; the first one stands
 * where nothing was measured.
 */
export const shapes = [
  { variant: 'wide', dtype: 'float32', nr: 16, gemm: 6, semiring: 4 },
  { variant: 'wide', dtype: 'float32', nr: 16, gemm: 4, semiring: 4 },
  { variant: 'wide', dtype: 'float64', nr: 8, gemm: 6, semiring: 4 },
  { variant: 'wide', dtype: 'float64', nr: 8, gemm: 4, semiring: 4 },
  { variant: 'wide', dtype: 'int32', nr: 16, gemm: 4, semiring: 4 },
  { variant: 'fma', dtype: 'float32', nr: 8, gemm: 6, semiring: 4 },
  { variant: 'fma', dtype: 'float64', nr: 4, gemm: 6, semiring: 4 },
  { variant: 'fma', dtype: 'int32', nr: 8, gemm: 4, semiring: 4 },
  { variant: 'baseline', dtype: 'float32', nr: 16, gemm: 4, semiring: 4 },
  { variant: 'baseline', dtype: 'float32', nr: 8, gemm: 4, semiring: 4 },
  { variant: 'baseline', dtype: 'float64', nr: 8, gemm: 4, semiring: 4 },
  { variant: 'baseline', dtype: 'float64', nr: 4, gemm: 4, semiring: 4 },
  { variant: 'baseline', dtype: 'int32', nr: 16, gemm: 4, semiring: 4 },
  { variant: 'baseline', dtype: 'int32', nr: 8, gemm: 4, semiring: 4 },
]

/** How each variant multiplies and adds floats, and the `asc` features that its module may use. */
export const variants = {
  wide: { multiplyAdd: 'fma', features: ['simd', 'threads', 'relaxed-simd'] },
  fma: { multiplyAdd: 'fma', features: ['simd', 'threads', 'relaxed-simd'] },
  baseline: { multiplyAdd: 'mul-add', features: ['simd', 'threads'] },
}

/** Where the module that verification runs is kept, beside the variants. */
export const checkerFile = 'check/check.wasm'

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
 *   step    an accumulator after one more step of k, `plus` being the addition of its variant
 *   adds    whether `step` asks for `plus`
 *   add     of two results, of which the second may be anything that C held
 *   clean   what packed elements of A become, where `step` asks for it
 *   finish  what C gets of an accumulator, where it is not the accumulator
 */
export const semirings = {
  'min-plus': {
    zero: short => (short === 'i32' ? 'i32.MAX_VALUE' : 'Infinity'),
    adds: true,
    step: (v, a, b, c, plus) => least(v, c, plus(a, b)),
    add: least,
  },
  'max-plus': {
    zero: lowest,
    adds: true,
    step: (v, a, b, c, plus) => greatest(v, c, plus(a, b)),
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
