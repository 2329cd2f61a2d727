import fc from 'fast-check'
import type { Rectangle } from '../../src/core/geometry.ts'
import { dtypes } from '../../src/core/matrix.ts'
import type { NpyKind } from './make-npy.ts'

/** Every kind of matrix file, small, with edges of 0 and 1 among them. */
export const npyKind: fc.Arbitrary<Required<NpyKind>> = fc.record({
  dtype: fc.constantFrom(...dtypes),
  rows: fc.nat({ max: 40 }),
  columns: fc.nat({ max: 40 }),
  fortranOrder: fc.boolean(),
  bigEndian: fc.boolean(),
  version: fc.constantFrom(1, 2, 3),
})

/** A rectangle inside a matrix, empty ones too. */
export const rectangleOf = ({ rows, columns }: NpyKind): fc.Arbitrary<Rectangle> =>
  fc
    .tuple(fc.nat({ max: rows }), fc.nat({ max: rows }), fc.nat({ max: columns }), fc.nat({ max: columns }))
    .map(([row0, row1, column0, column1]) => ({
      row: Math.min(row0, row1),
      column: Math.min(column0, column1),
      rows: Math.abs(row1 - row0),
      columns: Math.abs(column1 - column0),
    }))
