/**
 * Strassen's algorithm as a table: the blocks of a matrix that is cut in two both ways, 0 1 above 2 3, with their signs.
 *
 *   product   of A          of B          is added to
 *   M0        A0 + A3       B0 + B3       C0, C3
 *   M1        A2 + A3       B0            C2, -C3
 *   M2        A0            B1 - B3       C1, C3
 *   M3        A3            B2 - B0       C0, C2
 *   M4        A0 + A1       B3            -C0, C1
 *   M5        A2 - A0       B0 + B1       C3
 *   M6        A1 - A3       B2 + B3       C0
 *
 * V. Strassen, "Gaussian Elimination is not Optimal", 1969. Winograd's variant has 15 additions instead of 18, but only
 * where sums and products are kept in memory for several uses; added while packing and storing, its sums are longer ones.
 */

/** A block of a matrix that is cut into 2^levels by 2^levels of them, and its sign in a sum. */
export interface SignedBlock {
  readonly row: number
  readonly column: number
  readonly sign: 1 | -1
}

/** (sum of a) * (sum of b), added to each block of c with its sign. */
export interface BlockProduct {
  readonly a: readonly SignedBlock[]
  readonly b: readonly SignedBlock[]
  readonly c: readonly SignedBlock[]
}

/** No sum begins with a minus. */
const oneLevel: readonly BlockProduct[] = [
  product([0, 3], [0, 3], [0, 3]),
  product([2, 3], [0], [2, -3]),
  product([0], [1, -3], [1, 3]),
  product([3], [2, -0], [0, 2]),
  product([0, 1], [3], [1, -0]),
  product([2, -0], [0, 1], [3]),
  product([1, -3], [2, 3], [0]),
]

/** The 7^levels products of so many levels; of none, the one product of the whole matrices. */
export function blockProducts(levels: number): readonly BlockProduct[] {
  if (levels === 0) return [{ a: [whole], b: [whole], c: [whole] }]
  const within = blockProducts(levels - 1)
  return oneLevel.flatMap(outer =>
    within.map(inner => ({
      a: nested(outer.a, inner.a, levels),
      b: nested(outer.b, inner.b, levels),
      c: nested(outer.c, inner.c, levels),
    })),
  )
}

const whole: SignedBlock = { row: 0, column: 0, sign: 1 }

/** The sum in which each block of `outer` stands for `inner` of its blocks. */
function nested(outer: readonly SignedBlock[], inner: readonly SignedBlock[], levels: number): SignedBlock[] {
  const across = 2 ** (levels - 1)
  return outer.flatMap(big =>
    inner.map(small => ({
      row: big.row * across + small.row,
      column: big.column * across + small.column,
      sign: big.sign === small.sign ? 1 : -1,
    })),
  )
}

/** -0 is block 0 with a minus. */
function product(a: readonly number[], b: readonly number[], c: readonly number[]): BlockProduct {
  const blocks = (numbers: readonly number[]) =>
    numbers.map((number): SignedBlock => {
      const index = Math.abs(number)
      return { row: index >> 1, column: index & 1, sign: Object.is(number, index) ? 1 : -1 }
    })
  return { a: blocks(a), b: blocks(b), c: blocks(c) }
}
