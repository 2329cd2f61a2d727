import { scale } from './merge'

/**
 * Blocks of a dot product: sums[p] = alpha * (block p of a) * (block p of b), blocks of kc elements, a and b contiguous, k > 0.
 *
 * Where additions have an order that is the same everywhere (K.ordered), each waits for the one before; but blocks do not wait
 * for each other, so eight of them are added at a time, each in a lane of its own, and the bits are those that a micro-tile
 * gives. Elsewhere a block is summed in lanes of its own: two to four times as fast, and as fast as memory is read.
 */
export function inner<T, K>(k: i32, alpha: T, a: usize, b: usize, sums: usize, kc: i32): void {
  const blockBytes = <usize>kc * sizeof<T>()
  const blocks = (k + kc - 1) / kc
  const first = sums
  if (changetype<K>(0).ordered) {
    for (; k >= 8 * kc; k -= 8 * kc) {
      eightBlocks<T, K>(kc, a, b, blockBytes, sums)
      a += 8 * blockBytes
      b += 8 * blockBytes
      sums += 8 * sizeof<T>()
    }
  }
  for (; k > 0; k -= kc) {
    const bytes = <usize>min(k, kc) * sizeof<T>()
    if (changetype<K>(0).ordered) {
      store<T>(sums, <T>0)
      for (let s: usize = 0; s < bytes; s += sizeof<T>()) Lanes.one<T, K>(a + s, b + s, sums)
    } else {
      lanes<T, K>(bytes, a, b, sums)
    }
    a += blockBytes
    b += blockBytes
    sums += sizeof<T>()
  }
  scale<T, K>(1, blocks, alpha, first, 0, 1)
}

/** The sum of one block, in eight vectors of lanes; in pairs, for the revectorizer. */
function lanes<T, K>(bytes: usize, a: usize, b: usize, sum: usize): void {
  let s0 = v128.splat<T>(<T>0)
  let s1 = s0
  let s2 = s0
  let s3 = s0
  let s4 = s0
  let s5 = s0
  let s6 = s0
  let s7 = s0
  const end = a + bytes
  for (; a + 128 <= end; a += 128) {
    s0 = changetype<K>(0).multiplyAdd(v128.load(a), v128.load(b), s0)
    s1 = changetype<K>(0).multiplyAdd(v128.load(a, 16), v128.load(b, 16), s1)
    s2 = changetype<K>(0).multiplyAdd(v128.load(a, 32), v128.load(b, 32), s2)
    s3 = changetype<K>(0).multiplyAdd(v128.load(a, 48), v128.load(b, 48), s3)
    s4 = changetype<K>(0).multiplyAdd(v128.load(a, 64), v128.load(b, 64), s4)
    s5 = changetype<K>(0).multiplyAdd(v128.load(a, 80), v128.load(b, 80), s5)
    s6 = changetype<K>(0).multiplyAdd(v128.load(a, 96), v128.load(b, 96), s6)
    s7 = changetype<K>(0).multiplyAdd(v128.load(a, 112), v128.load(b, 112), s7)
    b += 128
  }
  s0 = v128.add<T>(v128.add<T>(s0, s2), v128.add<T>(s4, s6))
  s1 = v128.add<T>(v128.add<T>(s1, s3), v128.add<T>(s5, s7))
  for (; a + 16 <= end; a += 16) {
    s0 = changetype<K>(0).multiplyAdd(v128.load(a), v128.load(b), s0)
    b += 16
  }
  s0 = v128.add<T>(s0, s1)
  s0 = v128.add<T>(s0, v128.shuffle<u64>(s0, s0, 1, 0))
  if (sizeof<T>() == 4) s0 = v128.add<T>(s0, v128.shuffle<u32>(s0, s0, 1, 0, 3, 2))
  for (; a < end; a += sizeof<T>()) {
    s0 = changetype<K>(0).multiplyAdd(v128.load_splat<T>(a), v128.load_splat<T>(b), s0)
    b += sizeof<T>()
  }
  v128.store_lane<T>(sum, s0, 0)
}

/** Sums of eight blocks of kc elements. */
function eightBlocks<T, K>(kc: i32, a: usize, b: usize, blockBytes: usize, sums: usize): void {
  const lanes = 16 / <i32>sizeof<T>()
  const whole = kc - (kc % lanes)
  let s0 = v128.splat<T>(<T>0)
  let s1 = s0
  let s2 = s0
  let s3 = s0
  const end = a + <usize>whole * sizeof<T>()
  let x = a
  let y = b
  if (sizeof<T>() == 4) {
    for (; x < end; x += 16) {
      s0 = Lanes.four<K>(x, y, blockBytes, s0)
      s1 = Lanes.four<K>(x + 4 * blockBytes, y + 4 * blockBytes, blockBytes, s1)
      y += 16
    }
    v128.store(sums, s0)
    v128.store(sums, s1, 16)
  } else {
    for (; x < end; x += 16) {
      s0 = Lanes.two<K>(x, y, blockBytes, s0)
      s1 = Lanes.two<K>(x + 2 * blockBytes, y + 2 * blockBytes, blockBytes, s1)
      s2 = Lanes.two<K>(x + 4 * blockBytes, y + 4 * blockBytes, blockBytes, s2)
      s3 = Lanes.two<K>(x + 6 * blockBytes, y + 6 * blockBytes, blockBytes, s3)
      y += 16
    }
    v128.store(sums, s0)
    v128.store(sums, s1, 16)
    v128.store(sums, s2, 32)
    v128.store(sums, s3, 48)
  }
  for (let block: usize = 0; block < 8; ++block) {
    for (let s = <usize>whole * sizeof<T>(); s < blockBytes; s += sizeof<T>()) {
      Lanes.one<T, K>(a + block * blockBytes + s, b + block * blockBytes + s, sums + block * sizeof<T>())
    }
  }
}

/** Multiply-adds of sums that stay in registers. A class, because only methods can be told to be inlined. */
@unmanaged
@final
class Lanes {
  /** One multiply-add of elements, by the vector operation: a scalar one would round twice where the vector one is fused. */
  @inline static one<T, K>(a: usize, b: usize, sum: usize): void {
    const old = v128.load_splat<T>(sum)
    const next = changetype<K>(0).multiplyAdd(v128.load_splat<T>(a), v128.load_splat<T>(b), old)
    v128.store_lane<T>(sum, next, 0)
  }

  /** Four steps of four blocks of 4-byte elements, transposed so that a lane goes through one block. */
  @inline static four<K>(a: usize, b: usize, blockBytes: usize, sum: v128): v128 {
    const a0 = v128.load(a)
    const a1 = v128.load(a + blockBytes)
    const a2 = v128.load(a + 2 * blockBytes)
    const a3 = v128.load(a + 3 * blockBytes)
    const aLow01 = v128.shuffle<u32>(a0, a1, 0, 4, 1, 5)
    const aLow23 = v128.shuffle<u32>(a2, a3, 0, 4, 1, 5)
    const aHigh01 = v128.shuffle<u32>(a0, a1, 2, 6, 3, 7)
    const aHigh23 = v128.shuffle<u32>(a2, a3, 2, 6, 3, 7)
    const b0 = v128.load(b)
    const b1 = v128.load(b + blockBytes)
    const b2 = v128.load(b + 2 * blockBytes)
    const b3 = v128.load(b + 3 * blockBytes)
    const bLow01 = v128.shuffle<u32>(b0, b1, 0, 4, 1, 5)
    const bLow23 = v128.shuffle<u32>(b2, b3, 0, 4, 1, 5)
    const bHigh01 = v128.shuffle<u32>(b0, b1, 2, 6, 3, 7)
    const bHigh23 = v128.shuffle<u32>(b2, b3, 2, 6, 3, 7)
    sum = changetype<K>(0).multiplyAdd(Lanes.low(aLow01, aLow23), Lanes.low(bLow01, bLow23), sum)
    sum = changetype<K>(0).multiplyAdd(Lanes.high(aLow01, aLow23), Lanes.high(bLow01, bLow23), sum)
    sum = changetype<K>(0).multiplyAdd(Lanes.low(aHigh01, aHigh23), Lanes.low(bHigh01, bHigh23), sum)
    return changetype<K>(0).multiplyAdd(Lanes.high(aHigh01, aHigh23), Lanes.high(bHigh01, bHigh23), sum)
  }

  /** Two steps of two blocks of 8-byte elements. */
  @inline static two<K>(a: usize, b: usize, blockBytes: usize, sum: v128): v128 {
    const a0 = v128.load(a)
    const a1 = v128.load(a + blockBytes)
    const b0 = v128.load(b)
    const b1 = v128.load(b + blockBytes)
    sum = changetype<K>(0).multiplyAdd(Lanes.low(a0, a1), Lanes.low(b0, b1), sum)
    return changetype<K>(0).multiplyAdd(Lanes.high(a0, a1), Lanes.high(b0, b1), sum)
  }

  @inline static low(x: v128, y: v128): v128 {
    return v128.shuffle<u64>(x, y, 0, 2)
  }

  @inline static high(x: v128, y: v128): v128 {
    return v128.shuffle<u64>(x, y, 1, 3)
  }
}
