/** Whether two operands share an element. */
import type { Int8Operand, Operand } from './operand.ts'

/**
 * Exact for views with the same row stride, such as two halves of the columns of one array; for others it is whether the
 * ranges from first to last element meet. Operands without elements share nothing.
 */
export function overlaps(x: Operand | Int8Operand, y: Operand): boolean {
  if (x.data.buffer !== y.data.buffer) return false
  const [first, second] = [rangeOf(x), rangeOf(y)]
  if (first.start >= first.end || second.start >= second.end) return false
  if (first.end <= second.start || second.end <= first.start) return false
  const size = x.data.BYTES_PER_ELEMENT
  const apart = (second.start - first.start) / size
  if (size !== y.data.BYTES_PER_ELEMENT || !Number.isInteger(apart) || x.rowStride !== y.rowStride)
    return true
  // Where y's rows begin, seen from x's, on a ring of rowStride elements:  |--- x ---|....|-- y --|..|
  const columnsApart = ((apart % x.rowStride) + x.rowStride) % x.rowStride
  return columnsApart < x.shape[1] || columnsApart + y.shape[1] > x.rowStride
}

/** In bytes of the buffer. */
function rangeOf({ data, shape: [rows, columns], offset, rowStride }: Operand | Int8Operand) {
  const size = data.BYTES_PER_ELEMENT
  const start = data.byteOffset + offset * size
  const length = rows === 0 || columns === 0 ? 0 : (rows - 1) * rowStride + columns
  return { start, end: start + length * size }
}
