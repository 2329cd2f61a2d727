/**
 * A micro-panel: `lanes` rows of A (or columns of B) over k steps, stored step by step, `width` elements a step:
 *
 *   source, lane l, step s  at  source + l * laneBytes + s * stepBytes
 *   target, lane l, step s  at  target + (s * width + l) * sizeof<T>()
 *
 * Only bits are moved: T is u32 or u64, so that a NaN keeps its payload. Lanes from `lanes` to `width` are zero: what they
 * give (also NaN, from 0 * Inf) lands in lanes of the micro-tile that are never stored to C.
 */
export function packPanel<T>(
  lanes: i32,
  width: i32,
  k: i32,
  source: usize,
  laneBytes: usize,
  stepBytes: usize,
  target: usize,
): void {
  if (lanes < width) memory.fill(target, 0, <usize>width * <usize>k * sizeof<T>())
  const targetStep = <usize>width * sizeof<T>()
  if (stepBytes == sizeof<T>()) interleave<T>(lanes, k, source, laneBytes, target, targetStep)
  else if (laneBytes == sizeof<T>()) copyLanes<T>(lanes, k, source, stepBytes, target, targetStep)
  else gatherLanes<T>(lanes, k, source, laneBytes, stepBytes, target, targetStep)
}

/** Lanes far apart, steps adjacent: square transposes in registers, then what is left over. */
function interleave<T>(
  lanes: i32,
  k: i32,
  source: usize,
  laneBytes: usize,
  target: usize,
  targetStep: usize,
): void {
  if (lanes == 6 && targetStep == 6 * sizeof<T>()) {
    interleaveSix<T>(k, source, laneBytes, target)
    return
  }
  let lane: i32 = 0
  if (sizeof<T>() == 4) {
    for (; lane + 4 <= lanes; lane += 4) {
      interleave4x4(k, source, laneBytes, target, targetStep)
      source += 4 * laneBytes
      target += 16
    }
    if (lane + 2 <= lanes) {
      interleave2x4(k, source, laneBytes, target, targetStep)
      lane += 2
      source += 2 * laneBytes
      target += 8
    }
  } else {
    for (; lane + 2 <= lanes; lane += 2) {
      interleave2x2(k, source, laneBytes, target, targetStep)
      source += 2 * laneBytes
      target += 16
    }
  }
  if (lane < lanes) gatherLanes<T>(1, k, source, laneBytes, sizeof<T>(), target, targetStep)
}

/**
 * Six lanes far apart, steps adjacent, and nothing between steps: a micro-panel of A. All lanes at once, so that as many cache
 * lines as can be are on their way from memory.
 */
function interleaveSix<T>(k: i32, source: usize, laneBytes: usize, target: usize): void {
  const steps: i32 = 16 / sizeof<T>()
  let r0 = source
  let r1 = r0 + laneBytes
  let r2 = r1 + laneBytes
  let r3 = r2 + laneBytes
  let r4 = r3 + laneBytes
  let r5 = r4 + laneBytes
  let s: i32 = 0
  for (; s + steps <= k; s += steps) {
    const x0 = v128.load(r0)
    const x1 = v128.load(r1)
    const x2 = v128.load(r2)
    const x3 = v128.load(r3)
    const x4 = v128.load(r4)
    const x5 = v128.load(r5)
    if (sizeof<T>() == 4) {
      const low01 = v128.shuffle<u32>(x0, x1, 0, 4, 1, 5)
      const low23 = v128.shuffle<u32>(x2, x3, 0, 4, 1, 5)
      const low45 = v128.shuffle<u32>(x4, x5, 0, 4, 1, 5)
      const high01 = v128.shuffle<u32>(x0, x1, 2, 6, 3, 7)
      const high23 = v128.shuffle<u32>(x2, x3, 2, 6, 3, 7)
      const high45 = v128.shuffle<u32>(x4, x5, 2, 6, 3, 7)
      v128.store(target, v128.shuffle<u64>(low01, low23, 0, 2), 0)
      v128.store(target, v128.shuffle<u64>(low45, low01, 0, 3), 16)
      v128.store(target, v128.shuffle<u64>(low23, low45, 1, 3), 32)
      v128.store(target, v128.shuffle<u64>(high01, high23, 0, 2), 48)
      v128.store(target, v128.shuffle<u64>(high45, high01, 0, 3), 64)
      v128.store(target, v128.shuffle<u64>(high23, high45, 1, 3), 80)
    } else {
      v128.store(target, v128.shuffle<u64>(x0, x1, 0, 2), 0)
      v128.store(target, v128.shuffle<u64>(x2, x3, 0, 2), 16)
      v128.store(target, v128.shuffle<u64>(x4, x5, 0, 2), 32)
      v128.store(target, v128.shuffle<u64>(x0, x1, 1, 3), 48)
      v128.store(target, v128.shuffle<u64>(x2, x3, 1, 3), 64)
      v128.store(target, v128.shuffle<u64>(x4, x5, 1, 3), 80)
    }
    target += 96
    r0 += 16
    r1 += 16
    r2 += 16
    r3 += 16
    r4 += 16
    r5 += 16
  }
  gatherLanes<T>(6, k - s, r0, laneBytes, sizeof<T>(), target, 6 * sizeof<T>())
}

/** Four lanes of 4-byte elements, four steps at a time. */
function interleave4x4(k: i32, source: usize, laneBytes: usize, target: usize, targetStep: usize): void {
  let r0 = source
  let r1 = r0 + laneBytes
  let r2 = r1 + laneBytes
  let r3 = r2 + laneBytes
  const targetStep2 = 2 * targetStep
  let s: i32 = 0
  for (; s + 4 <= k; s += 4) {
    const x0 = v128.load(r0)
    const x1 = v128.load(r1)
    const x2 = v128.load(r2)
    const x3 = v128.load(r3)
    const low01 = v128.shuffle<u32>(x0, x1, 0, 4, 1, 5)
    const low23 = v128.shuffle<u32>(x2, x3, 0, 4, 1, 5)
    const high01 = v128.shuffle<u32>(x0, x1, 2, 6, 3, 7)
    const high23 = v128.shuffle<u32>(x2, x3, 2, 6, 3, 7)
    const half = target + targetStep2
    v128.store(target, v128.shuffle<u64>(low01, low23, 0, 2))
    v128.store(target + targetStep, v128.shuffle<u64>(low01, low23, 1, 3))
    v128.store(half, v128.shuffle<u64>(high01, high23, 0, 2))
    v128.store(half + targetStep, v128.shuffle<u64>(high01, high23, 1, 3))
    target = half + targetStep2
    r0 += 16
    r1 += 16
    r2 += 16
    r3 += 16
  }
  gatherLanes<u32>(4, k - s, r0, laneBytes, 4, target, targetStep)
}

/** Two lanes of 4-byte elements, four steps at a time. */
function interleave2x4(k: i32, source: usize, laneBytes: usize, target: usize, targetStep: usize): void {
  let r0 = source
  let r1 = r0 + laneBytes
  let s: i32 = 0
  for (; s + 4 <= k; s += 4) {
    const x0 = v128.load(r0)
    const x1 = v128.load(r1)
    const low = v128.shuffle<u32>(x0, x1, 0, 4, 1, 5)
    const high = v128.shuffle<u32>(x0, x1, 2, 6, 3, 7)
    v128.store_lane<u64>(target, low, 0)
    v128.store_lane<u64>(target + targetStep, low, 1)
    target += 2 * targetStep
    v128.store_lane<u64>(target, high, 0)
    v128.store_lane<u64>(target + targetStep, high, 1)
    target += 2 * targetStep
    r0 += 16
    r1 += 16
  }
  gatherLanes<u32>(2, k - s, r0, laneBytes, 4, target, targetStep)
}

/** Two lanes of 8-byte elements, two steps at a time. */
function interleave2x2(k: i32, source: usize, laneBytes: usize, target: usize, targetStep: usize): void {
  let r0 = source
  let r1 = r0 + laneBytes
  let s: i32 = 0
  for (; s + 2 <= k; s += 2) {
    const x0 = v128.load(r0)
    const x1 = v128.load(r1)
    v128.store(target, v128.shuffle<u64>(x0, x1, 0, 2))
    v128.store(target + targetStep, v128.shuffle<u64>(x0, x1, 1, 3))
    target += 2 * targetStep
    r0 += 16
    r1 += 16
  }
  gatherLanes<u64>(2, k - s, r0, laneBytes, 8, target, targetStep)
}

/** Lanes adjacent, fewer of them than the panel is wide: whole vectors, then what is left over. */
function copyLanes<T>(
  lanes: i32,
  k: i32,
  source: usize,
  stepBytes: usize,
  target: usize,
  targetStep: usize,
): void {
  const bytes = <usize>lanes * sizeof<T>()
  const whole = bytes & ~15
  for (; k > 0; --k) {
    for (let at: usize = 0; at < whole; at += 16) v128.store(target + at, v128.load(source + at))
    for (let at = whole; at < bytes; at += sizeof<T>()) store<T>(target + at, load<T>(source + at))
    source += stepBytes
    target += targetStep
  }
}

/** Any strides, element by element: matrices with neither stride 1, and the few elements left over above. */
function gatherLanes<T>(
  lanes: i32,
  k: i32,
  source: usize,
  laneBytes: usize,
  stepBytes: usize,
  target: usize,
  targetStep: usize,
): void {
  for (let lane: i32 = 0; lane < lanes; ++lane) {
    let from = source
    let to = target
    for (let s: i32 = 0; s < k; ++s) {
      store<T>(to, load<T>(from))
      from += stepBytes
      to += targetStep
    }
    source += laneBytes
    target += sizeof<T>()
  }
}
