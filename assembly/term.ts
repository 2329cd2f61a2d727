/**
 * One term of a signed sum of matrices, or one target of a product that is added to several, as the host writes it: five
 * 32-bit integers (src/kernel/term.ts). All terms of a table have the same strides.
 *
 *   offset            bytes; the address of element (0, 0)
 *   rows, columns     what there is of it: elements beyond are 0 in a sum, and not written in a target
 *   sign              1 or -1
 *   mode              of a target: what happens to what it holds (mode.ts)
 */
@unmanaged
@final
export class Term {
  offset: u32
  rows: i32
  columns: i32
  sign: i32
  mode: i32
}

/** The term at an index of a table. */
export function termAt(table: usize, index: i32): Term {
  return changetype<Term>(table + <usize>index * offsetof<Term>())
}
