// Written by scripts/generate-kernels.mjs from scripts/kernel-table.mjs: change those, not this.
import { STORE } from '../mode';

/** max-plus-ukr-f64-4x4-fma: micro-panels of A (4 rows) and B (4 columns), 2 vectors a row. Contract: assembly/README.md */
@unmanaged @final
export class MaxPlusUkrF644x4Fma {
  @inline get mr(): i32 { return 4; }
  @inline get nr(): i32 { return 4; }
  /** Whether it has `tileOfRows`. */
  @inline get readsRows(): bool { return false; }
  /** The sum of nothing. */
  @inline get zero(): f64 { return -Infinity; }

  /** k > 0. C = A * B (STORE, C is not read) or C + A * B (ADD), in the arithmetic of max-plus; alpha is 1, beta is not read. */
  tile(k: i32, a: usize, b: usize, c: usize, rowBytes: usize, alpha: f64, beta: f64, mode: i32): void {
    const one = f64x2.splat(alpha);
    let c0_0 = f64x2.splat(-Infinity);
    let c0_1 = f64x2.splat(-Infinity);
    let c1_0 = f64x2.splat(-Infinity);
    let c1_1 = f64x2.splat(-Infinity);
    let c2_0 = f64x2.splat(-Infinity);
    let c2_1 = f64x2.splat(-Infinity);
    let c3_0 = f64x2.splat(-Infinity);
    let c3_1 = f64x2.splat(-Infinity);
    for (;;) {
      {
        const b0 = v128.load(b, 0);
        const b1 = v128.load(b, 16);
        const a0 = v128.load64_splat(a, 0);
        c0_0 = f64x2.pmax(c0_0, f64x2.relaxed_madd(a0, one, b0));
        c0_1 = f64x2.pmax(c0_1, f64x2.relaxed_madd(a0, one, b1));
        const a1 = v128.load64_splat(a, 8);
        c1_0 = f64x2.pmax(c1_0, f64x2.relaxed_madd(a1, one, b0));
        c1_1 = f64x2.pmax(c1_1, f64x2.relaxed_madd(a1, one, b1));
        const a2 = v128.load64_splat(a, 16);
        c2_0 = f64x2.pmax(c2_0, f64x2.relaxed_madd(a2, one, b0));
        c2_1 = f64x2.pmax(c2_1, f64x2.relaxed_madd(a2, one, b1));
        const a3 = v128.load64_splat(a, 24);
        c3_0 = f64x2.pmax(c3_0, f64x2.relaxed_madd(a3, one, b0));
        c3_1 = f64x2.pmax(c3_1, f64x2.relaxed_madd(a3, one, b1));
      }
      if (--k == 0) break;
      a += 32;
      {
        const b0 = v128.load(b, 32);
        const b1 = v128.load(b, 48);
        const a0 = v128.load64_splat(a, 0);
        c0_0 = f64x2.pmax(c0_0, f64x2.relaxed_madd(a0, one, b0));
        c0_1 = f64x2.pmax(c0_1, f64x2.relaxed_madd(a0, one, b1));
        const a1 = v128.load64_splat(a, 8);
        c1_0 = f64x2.pmax(c1_0, f64x2.relaxed_madd(a1, one, b0));
        c1_1 = f64x2.pmax(c1_1, f64x2.relaxed_madd(a1, one, b1));
        const a2 = v128.load64_splat(a, 16);
        c2_0 = f64x2.pmax(c2_0, f64x2.relaxed_madd(a2, one, b0));
        c2_1 = f64x2.pmax(c2_1, f64x2.relaxed_madd(a2, one, b1));
        const a3 = v128.load64_splat(a, 24);
        c3_0 = f64x2.pmax(c3_0, f64x2.relaxed_madd(a3, one, b0));
        c3_1 = f64x2.pmax(c3_1, f64x2.relaxed_madd(a3, one, b1));
      }
      if (--k == 0) break;
      a += 32;
      {
        const b0 = v128.load(b, 64);
        const b1 = v128.load(b, 80);
        const a0 = v128.load64_splat(a, 0);
        c0_0 = f64x2.pmax(c0_0, f64x2.relaxed_madd(a0, one, b0));
        c0_1 = f64x2.pmax(c0_1, f64x2.relaxed_madd(a0, one, b1));
        const a1 = v128.load64_splat(a, 8);
        c1_0 = f64x2.pmax(c1_0, f64x2.relaxed_madd(a1, one, b0));
        c1_1 = f64x2.pmax(c1_1, f64x2.relaxed_madd(a1, one, b1));
        const a2 = v128.load64_splat(a, 16);
        c2_0 = f64x2.pmax(c2_0, f64x2.relaxed_madd(a2, one, b0));
        c2_1 = f64x2.pmax(c2_1, f64x2.relaxed_madd(a2, one, b1));
        const a3 = v128.load64_splat(a, 24);
        c3_0 = f64x2.pmax(c3_0, f64x2.relaxed_madd(a3, one, b0));
        c3_1 = f64x2.pmax(c3_1, f64x2.relaxed_madd(a3, one, b1));
      }
      if (--k == 0) break;
      a += 32;
      {
        const b0 = v128.load(b, 96);
        const b1 = v128.load(b, 112);
        const a0 = v128.load64_splat(a, 0);
        c0_0 = f64x2.pmax(c0_0, f64x2.relaxed_madd(a0, one, b0));
        c0_1 = f64x2.pmax(c0_1, f64x2.relaxed_madd(a0, one, b1));
        const a1 = v128.load64_splat(a, 8);
        c1_0 = f64x2.pmax(c1_0, f64x2.relaxed_madd(a1, one, b0));
        c1_1 = f64x2.pmax(c1_1, f64x2.relaxed_madd(a1, one, b1));
        const a2 = v128.load64_splat(a, 16);
        c2_0 = f64x2.pmax(c2_0, f64x2.relaxed_madd(a2, one, b0));
        c2_1 = f64x2.pmax(c2_1, f64x2.relaxed_madd(a2, one, b1));
        const a3 = v128.load64_splat(a, 24);
        c3_0 = f64x2.pmax(c3_0, f64x2.relaxed_madd(a3, one, b0));
        c3_1 = f64x2.pmax(c3_1, f64x2.relaxed_madd(a3, one, b1));
      }
      if (--k == 0) break;
      a += 32;
      {
        const b0 = v128.load(b, 128);
        const b1 = v128.load(b, 144);
        const a0 = v128.load64_splat(a, 0);
        c0_0 = f64x2.pmax(c0_0, f64x2.relaxed_madd(a0, one, b0));
        c0_1 = f64x2.pmax(c0_1, f64x2.relaxed_madd(a0, one, b1));
        const a1 = v128.load64_splat(a, 8);
        c1_0 = f64x2.pmax(c1_0, f64x2.relaxed_madd(a1, one, b0));
        c1_1 = f64x2.pmax(c1_1, f64x2.relaxed_madd(a1, one, b1));
        const a2 = v128.load64_splat(a, 16);
        c2_0 = f64x2.pmax(c2_0, f64x2.relaxed_madd(a2, one, b0));
        c2_1 = f64x2.pmax(c2_1, f64x2.relaxed_madd(a2, one, b1));
        const a3 = v128.load64_splat(a, 24);
        c3_0 = f64x2.pmax(c3_0, f64x2.relaxed_madd(a3, one, b0));
        c3_1 = f64x2.pmax(c3_1, f64x2.relaxed_madd(a3, one, b1));
      }
      if (--k == 0) break;
      a += 32;
      {
        const b0 = v128.load(b, 160);
        const b1 = v128.load(b, 176);
        const a0 = v128.load64_splat(a, 0);
        c0_0 = f64x2.pmax(c0_0, f64x2.relaxed_madd(a0, one, b0));
        c0_1 = f64x2.pmax(c0_1, f64x2.relaxed_madd(a0, one, b1));
        const a1 = v128.load64_splat(a, 8);
        c1_0 = f64x2.pmax(c1_0, f64x2.relaxed_madd(a1, one, b0));
        c1_1 = f64x2.pmax(c1_1, f64x2.relaxed_madd(a1, one, b1));
        const a2 = v128.load64_splat(a, 16);
        c2_0 = f64x2.pmax(c2_0, f64x2.relaxed_madd(a2, one, b0));
        c2_1 = f64x2.pmax(c2_1, f64x2.relaxed_madd(a2, one, b1));
        const a3 = v128.load64_splat(a, 24);
        c3_0 = f64x2.pmax(c3_0, f64x2.relaxed_madd(a3, one, b0));
        c3_1 = f64x2.pmax(c3_1, f64x2.relaxed_madd(a3, one, b1));
      }
      if (--k == 0) break;
      a += 32;
      {
        const b0 = v128.load(b, 192);
        const b1 = v128.load(b, 208);
        const a0 = v128.load64_splat(a, 0);
        c0_0 = f64x2.pmax(c0_0, f64x2.relaxed_madd(a0, one, b0));
        c0_1 = f64x2.pmax(c0_1, f64x2.relaxed_madd(a0, one, b1));
        const a1 = v128.load64_splat(a, 8);
        c1_0 = f64x2.pmax(c1_0, f64x2.relaxed_madd(a1, one, b0));
        c1_1 = f64x2.pmax(c1_1, f64x2.relaxed_madd(a1, one, b1));
        const a2 = v128.load64_splat(a, 16);
        c2_0 = f64x2.pmax(c2_0, f64x2.relaxed_madd(a2, one, b0));
        c2_1 = f64x2.pmax(c2_1, f64x2.relaxed_madd(a2, one, b1));
        const a3 = v128.load64_splat(a, 24);
        c3_0 = f64x2.pmax(c3_0, f64x2.relaxed_madd(a3, one, b0));
        c3_1 = f64x2.pmax(c3_1, f64x2.relaxed_madd(a3, one, b1));
      }
      if (--k == 0) break;
      a += 32;
      {
        const b0 = v128.load(b, 224);
        const b1 = v128.load(b, 240);
        const a0 = v128.load64_splat(a, 0);
        c0_0 = f64x2.pmax(c0_0, f64x2.relaxed_madd(a0, one, b0));
        c0_1 = f64x2.pmax(c0_1, f64x2.relaxed_madd(a0, one, b1));
        const a1 = v128.load64_splat(a, 8);
        c1_0 = f64x2.pmax(c1_0, f64x2.relaxed_madd(a1, one, b0));
        c1_1 = f64x2.pmax(c1_1, f64x2.relaxed_madd(a1, one, b1));
        const a2 = v128.load64_splat(a, 16);
        c2_0 = f64x2.pmax(c2_0, f64x2.relaxed_madd(a2, one, b0));
        c2_1 = f64x2.pmax(c2_1, f64x2.relaxed_madd(a2, one, b1));
        const a3 = v128.load64_splat(a, 24);
        c3_0 = f64x2.pmax(c3_0, f64x2.relaxed_madd(a3, one, b0));
        c3_1 = f64x2.pmax(c3_1, f64x2.relaxed_madd(a3, one, b1));
      }
      if (--k == 0) break;
      a += 32;
      b += 256;
    }
    if (mode == STORE) {
      const x0_0 = c0_0;
      const x0_1 = c0_1;
      v128.store(c, x0_0, 0);
      v128.store(c, x0_1, 16);
      c += rowBytes;
      const x1_0 = c1_0;
      const x1_1 = c1_1;
      v128.store(c, x1_0, 0);
      v128.store(c, x1_1, 16);
      c += rowBytes;
      const x2_0 = c2_0;
      const x2_1 = c2_1;
      v128.store(c, x2_0, 0);
      v128.store(c, x2_1, 16);
      c += rowBytes;
      const x3_0 = c3_0;
      const x3_1 = c3_1;
      v128.store(c, x3_0, 0);
      v128.store(c, x3_1, 16);
    } else {
      const x0_0 = f64x2.pmax(c0_0, v128.load(c, 0));
      const x0_1 = f64x2.pmax(c0_1, v128.load(c, 16));
      v128.store(c, x0_0, 0);
      v128.store(c, x0_1, 16);
      c += rowBytes;
      const x1_0 = f64x2.pmax(c1_0, v128.load(c, 0));
      const x1_1 = f64x2.pmax(c1_1, v128.load(c, 16));
      v128.store(c, x1_0, 0);
      v128.store(c, x1_1, 16);
      c += rowBytes;
      const x2_0 = f64x2.pmax(c2_0, v128.load(c, 0));
      const x2_1 = f64x2.pmax(c2_1, v128.load(c, 16));
      v128.store(c, x2_0, 0);
      v128.store(c, x2_1, 16);
      c += rowBytes;
      const x3_0 = f64x2.pmax(c3_0, v128.load(c, 0));
      const x3_1 = f64x2.pmax(c3_1, v128.load(c, 16));
      v128.store(c, x3_0, 0);
      v128.store(c, x3_1, 16);
    }
  }

  /** What C becomes of what it held and of what STORE gave, where mode is not STORE; `keep` is beta in each lane. */
  @inline combine(old: v128, product: v128, keep: v128, mode: i32): v128 {
    return f64x2.pmax(product, old);
  }

  /** What C becomes of what it held where nothing is added to it. */
  @inline kept(old: v128, keep: v128): v128 {
    return f64x2.pmax(f64x2.splat(-Infinity), old);
  }

  /** Readies a packed block of A, `bytes` rounded up to 16 long: nothing to do. */
  cleanA(packed: usize, bytes: usize): void {}

  /** Packs 4 adjacent elements a step: a micro-panel of A whose rows are contiguous in memory (A transposed). */
  copyA(k: i32, source: usize, stepBytes: usize, target: usize): void {
    for (; k > 0; --k) {
      const v0 = v128.load(source, 0);
      const v1 = v128.load(source, 16);
      v128.store(target, v0, 0);
      v128.store(target, v1, 16);
      source += stepBytes;
      target += 32;
    }
  }

  /** Packs 4 adjacent elements a step: a micro-panel of B whose columns are contiguous in memory. */
  copyB(k: i32, source: usize, stepBytes: usize, target: usize): void {
    for (; k > 0; --k) {
      const v0 = v128.load(source, 0);
      const v1 = v128.load(source, 16);
      v128.store(target, v0, 0);
      v128.store(target, v1, 16);
      source += stepBytes;
      target += 32;
    }
  }
}
