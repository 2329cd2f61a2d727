/**
 * Columns of a block: of vectors, or of sums, 8 KiB of it, which stay in the L1 cache for all rows. The sum of each block goes to
 * y by itself, so that few roundings stand one after the other.
 */
export const blockColumns: i32 = 256

/** Rows that are gone through together: as many streams as a core's prefetcher follows, and as the L1 cache has ways. */
export const rowsAtOnce: i32 = 8

/**
 * Some rows of a block as float64: where they are, or a copy of them, blockColumns elements a row. The revectorizer pairs no
 * conversions, and so the loops over float64 alone, which are twice as fast for it, and conversions stand apart.
 */
export function widen<T>(rows: i32, columns: i32, m: usize, rowBytes: usize, copy: usize): usize {
  if (sizeof<T>() == 8) return m
  for (let row: i32 = 0; row < rows; ++row) {
    let from = m + <usize>row * rowBytes
    let to = copy + <usize>(row * blockColumns) * sizeof<f64>()
    let column: i32 = 0
    for (; column + 4 <= columns; column += 4) {
      v128.store(to, f64x2.promote_low_f32x4(v128.load64_zero(from)))
      v128.store(to, f64x2.promote_low_f32x4(v128.load64_zero(from, 8)), 16)
      from += 4 * sizeof<T>()
      to += 4 * sizeof<f64>()
    }
    for (; column < columns; ++column) {
      store<f64>(to, <f64>load<T>(from))
      from += sizeof<T>()
      to += sizeof<f64>()
    }
  }
  return copy
}

/** Sums to memory. A class, because only methods can be told to be inlined. */
@unmanaged
@final
export class Reals {
  /** Adds the sum of four adjacent numbers to one. */
  @inline static add(at: usize, four: usize): void {
    const low = load<f64>(four) + load<f64>(four, 8)
    const high = load<f64>(four, 16) + load<f64>(four, 24)
    store<f64>(at, load<f64>(at) + (low + high))
  }

  /** Adds four numbers to four. */
  @inline static addPair(at: usize, p: v128, q: v128): void {
    const low = f64x2.add(v128.load(at), p)
    const high = f64x2.add(v128.load(at, 16), q)
    v128.store(at, low)
    v128.store(at, high, 16)
  }
}
