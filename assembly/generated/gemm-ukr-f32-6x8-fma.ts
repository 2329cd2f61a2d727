// Written by scripts/generate-kernels.mjs from scripts/kernel-table.mjs: change those, not this.
import { ADD, STORE } from '../mode';

/** gemm-ukr-f32-6x8-fma: micro-panels of A (6 rows) and B (8 columns), 2 vectors a row. Contract: assembly/README.md */
@unmanaged @final
export class GemmUkrF326x8Fma {
  @inline get mr(): i32 { return 6; }
  @inline get nr(): i32 { return 8; }
  /** Whether it has `tileOfRows`. */
  @inline get readsRows(): bool { return true; }
  /** The sum of nothing. */
  @inline get zero(): f32 { return 0; }
  /** a * b + c, as a micro-tile does it. */
  @inline multiplyAdd(a: v128, b: v128, c: v128): v128 { return f32x4.relaxed_madd(a, b, c); }
  /** Whether sums have to be added in the order of k: the bits are those of every host. */
  @inline get ordered(): bool { return false; }

  /** k > 0. C = alpha * A * B (STORE, C is not read), C + alpha * A * B (ADD) or beta * C + alpha * A * B (BLEND). */
  tile(k: i32, a: usize, b: usize, c: usize, rowBytes: usize, alpha: f32, beta: f32, mode: i32): void {
    let c0_0 = f32x4.splat(0);
    let c0_1 = f32x4.splat(0);
    let c1_0 = f32x4.splat(0);
    let c1_1 = f32x4.splat(0);
    let c2_0 = f32x4.splat(0);
    let c2_1 = f32x4.splat(0);
    let c3_0 = f32x4.splat(0);
    let c3_1 = f32x4.splat(0);
    let c4_0 = f32x4.splat(0);
    let c4_1 = f32x4.splat(0);
    let c5_0 = f32x4.splat(0);
    let c5_1 = f32x4.splat(0);
    for (;;) {
      {
        const b0 = v128.load(b, 0);
        const b1 = v128.load(b, 16);
        const a0 = v128.load32_splat(a, 0);
        c0_0 = f32x4.relaxed_madd(a0, b0, c0_0);
        c0_1 = f32x4.relaxed_madd(a0, b1, c0_1);
        const a1 = v128.load32_splat(a, 4);
        c1_0 = f32x4.relaxed_madd(a1, b0, c1_0);
        c1_1 = f32x4.relaxed_madd(a1, b1, c1_1);
        const a2 = v128.load32_splat(a, 8);
        c2_0 = f32x4.relaxed_madd(a2, b0, c2_0);
        c2_1 = f32x4.relaxed_madd(a2, b1, c2_1);
        const a3 = v128.load32_splat(a, 12);
        c3_0 = f32x4.relaxed_madd(a3, b0, c3_0);
        c3_1 = f32x4.relaxed_madd(a3, b1, c3_1);
        const a4 = v128.load32_splat(a, 16);
        c4_0 = f32x4.relaxed_madd(a4, b0, c4_0);
        c4_1 = f32x4.relaxed_madd(a4, b1, c4_1);
        const a5 = v128.load32_splat(a, 20);
        c5_0 = f32x4.relaxed_madd(a5, b0, c5_0);
        c5_1 = f32x4.relaxed_madd(a5, b1, c5_1);
      }
      if (--k == 0) break;
      a += 24;
      {
        const b0 = v128.load(b, 32);
        const b1 = v128.load(b, 48);
        const a0 = v128.load32_splat(a, 0);
        c0_0 = f32x4.relaxed_madd(a0, b0, c0_0);
        c0_1 = f32x4.relaxed_madd(a0, b1, c0_1);
        const a1 = v128.load32_splat(a, 4);
        c1_0 = f32x4.relaxed_madd(a1, b0, c1_0);
        c1_1 = f32x4.relaxed_madd(a1, b1, c1_1);
        const a2 = v128.load32_splat(a, 8);
        c2_0 = f32x4.relaxed_madd(a2, b0, c2_0);
        c2_1 = f32x4.relaxed_madd(a2, b1, c2_1);
        const a3 = v128.load32_splat(a, 12);
        c3_0 = f32x4.relaxed_madd(a3, b0, c3_0);
        c3_1 = f32x4.relaxed_madd(a3, b1, c3_1);
        const a4 = v128.load32_splat(a, 16);
        c4_0 = f32x4.relaxed_madd(a4, b0, c4_0);
        c4_1 = f32x4.relaxed_madd(a4, b1, c4_1);
        const a5 = v128.load32_splat(a, 20);
        c5_0 = f32x4.relaxed_madd(a5, b0, c5_0);
        c5_1 = f32x4.relaxed_madd(a5, b1, c5_1);
      }
      if (--k == 0) break;
      a += 24;
      {
        const b0 = v128.load(b, 64);
        const b1 = v128.load(b, 80);
        const a0 = v128.load32_splat(a, 0);
        c0_0 = f32x4.relaxed_madd(a0, b0, c0_0);
        c0_1 = f32x4.relaxed_madd(a0, b1, c0_1);
        const a1 = v128.load32_splat(a, 4);
        c1_0 = f32x4.relaxed_madd(a1, b0, c1_0);
        c1_1 = f32x4.relaxed_madd(a1, b1, c1_1);
        const a2 = v128.load32_splat(a, 8);
        c2_0 = f32x4.relaxed_madd(a2, b0, c2_0);
        c2_1 = f32x4.relaxed_madd(a2, b1, c2_1);
        const a3 = v128.load32_splat(a, 12);
        c3_0 = f32x4.relaxed_madd(a3, b0, c3_0);
        c3_1 = f32x4.relaxed_madd(a3, b1, c3_1);
        const a4 = v128.load32_splat(a, 16);
        c4_0 = f32x4.relaxed_madd(a4, b0, c4_0);
        c4_1 = f32x4.relaxed_madd(a4, b1, c4_1);
        const a5 = v128.load32_splat(a, 20);
        c5_0 = f32x4.relaxed_madd(a5, b0, c5_0);
        c5_1 = f32x4.relaxed_madd(a5, b1, c5_1);
      }
      if (--k == 0) break;
      a += 24;
      {
        const b0 = v128.load(b, 96);
        const b1 = v128.load(b, 112);
        const a0 = v128.load32_splat(a, 0);
        c0_0 = f32x4.relaxed_madd(a0, b0, c0_0);
        c0_1 = f32x4.relaxed_madd(a0, b1, c0_1);
        const a1 = v128.load32_splat(a, 4);
        c1_0 = f32x4.relaxed_madd(a1, b0, c1_0);
        c1_1 = f32x4.relaxed_madd(a1, b1, c1_1);
        const a2 = v128.load32_splat(a, 8);
        c2_0 = f32x4.relaxed_madd(a2, b0, c2_0);
        c2_1 = f32x4.relaxed_madd(a2, b1, c2_1);
        const a3 = v128.load32_splat(a, 12);
        c3_0 = f32x4.relaxed_madd(a3, b0, c3_0);
        c3_1 = f32x4.relaxed_madd(a3, b1, c3_1);
        const a4 = v128.load32_splat(a, 16);
        c4_0 = f32x4.relaxed_madd(a4, b0, c4_0);
        c4_1 = f32x4.relaxed_madd(a4, b1, c4_1);
        const a5 = v128.load32_splat(a, 20);
        c5_0 = f32x4.relaxed_madd(a5, b0, c5_0);
        c5_1 = f32x4.relaxed_madd(a5, b1, c5_1);
      }
      if (--k == 0) break;
      a += 24;
      {
        const b0 = v128.load(b, 128);
        const b1 = v128.load(b, 144);
        const a0 = v128.load32_splat(a, 0);
        c0_0 = f32x4.relaxed_madd(a0, b0, c0_0);
        c0_1 = f32x4.relaxed_madd(a0, b1, c0_1);
        const a1 = v128.load32_splat(a, 4);
        c1_0 = f32x4.relaxed_madd(a1, b0, c1_0);
        c1_1 = f32x4.relaxed_madd(a1, b1, c1_1);
        const a2 = v128.load32_splat(a, 8);
        c2_0 = f32x4.relaxed_madd(a2, b0, c2_0);
        c2_1 = f32x4.relaxed_madd(a2, b1, c2_1);
        const a3 = v128.load32_splat(a, 12);
        c3_0 = f32x4.relaxed_madd(a3, b0, c3_0);
        c3_1 = f32x4.relaxed_madd(a3, b1, c3_1);
        const a4 = v128.load32_splat(a, 16);
        c4_0 = f32x4.relaxed_madd(a4, b0, c4_0);
        c4_1 = f32x4.relaxed_madd(a4, b1, c4_1);
        const a5 = v128.load32_splat(a, 20);
        c5_0 = f32x4.relaxed_madd(a5, b0, c5_0);
        c5_1 = f32x4.relaxed_madd(a5, b1, c5_1);
      }
      if (--k == 0) break;
      a += 24;
      {
        const b0 = v128.load(b, 160);
        const b1 = v128.load(b, 176);
        const a0 = v128.load32_splat(a, 0);
        c0_0 = f32x4.relaxed_madd(a0, b0, c0_0);
        c0_1 = f32x4.relaxed_madd(a0, b1, c0_1);
        const a1 = v128.load32_splat(a, 4);
        c1_0 = f32x4.relaxed_madd(a1, b0, c1_0);
        c1_1 = f32x4.relaxed_madd(a1, b1, c1_1);
        const a2 = v128.load32_splat(a, 8);
        c2_0 = f32x4.relaxed_madd(a2, b0, c2_0);
        c2_1 = f32x4.relaxed_madd(a2, b1, c2_1);
        const a3 = v128.load32_splat(a, 12);
        c3_0 = f32x4.relaxed_madd(a3, b0, c3_0);
        c3_1 = f32x4.relaxed_madd(a3, b1, c3_1);
        const a4 = v128.load32_splat(a, 16);
        c4_0 = f32x4.relaxed_madd(a4, b0, c4_0);
        c4_1 = f32x4.relaxed_madd(a4, b1, c4_1);
        const a5 = v128.load32_splat(a, 20);
        c5_0 = f32x4.relaxed_madd(a5, b0, c5_0);
        c5_1 = f32x4.relaxed_madd(a5, b1, c5_1);
      }
      if (--k == 0) break;
      a += 24;
      {
        const b0 = v128.load(b, 192);
        const b1 = v128.load(b, 208);
        const a0 = v128.load32_splat(a, 0);
        c0_0 = f32x4.relaxed_madd(a0, b0, c0_0);
        c0_1 = f32x4.relaxed_madd(a0, b1, c0_1);
        const a1 = v128.load32_splat(a, 4);
        c1_0 = f32x4.relaxed_madd(a1, b0, c1_0);
        c1_1 = f32x4.relaxed_madd(a1, b1, c1_1);
        const a2 = v128.load32_splat(a, 8);
        c2_0 = f32x4.relaxed_madd(a2, b0, c2_0);
        c2_1 = f32x4.relaxed_madd(a2, b1, c2_1);
        const a3 = v128.load32_splat(a, 12);
        c3_0 = f32x4.relaxed_madd(a3, b0, c3_0);
        c3_1 = f32x4.relaxed_madd(a3, b1, c3_1);
        const a4 = v128.load32_splat(a, 16);
        c4_0 = f32x4.relaxed_madd(a4, b0, c4_0);
        c4_1 = f32x4.relaxed_madd(a4, b1, c4_1);
        const a5 = v128.load32_splat(a, 20);
        c5_0 = f32x4.relaxed_madd(a5, b0, c5_0);
        c5_1 = f32x4.relaxed_madd(a5, b1, c5_1);
      }
      if (--k == 0) break;
      a += 24;
      {
        const b0 = v128.load(b, 224);
        const b1 = v128.load(b, 240);
        const a0 = v128.load32_splat(a, 0);
        c0_0 = f32x4.relaxed_madd(a0, b0, c0_0);
        c0_1 = f32x4.relaxed_madd(a0, b1, c0_1);
        const a1 = v128.load32_splat(a, 4);
        c1_0 = f32x4.relaxed_madd(a1, b0, c1_0);
        c1_1 = f32x4.relaxed_madd(a1, b1, c1_1);
        const a2 = v128.load32_splat(a, 8);
        c2_0 = f32x4.relaxed_madd(a2, b0, c2_0);
        c2_1 = f32x4.relaxed_madd(a2, b1, c2_1);
        const a3 = v128.load32_splat(a, 12);
        c3_0 = f32x4.relaxed_madd(a3, b0, c3_0);
        c3_1 = f32x4.relaxed_madd(a3, b1, c3_1);
        const a4 = v128.load32_splat(a, 16);
        c4_0 = f32x4.relaxed_madd(a4, b0, c4_0);
        c4_1 = f32x4.relaxed_madd(a4, b1, c4_1);
        const a5 = v128.load32_splat(a, 20);
        c5_0 = f32x4.relaxed_madd(a5, b0, c5_0);
        c5_1 = f32x4.relaxed_madd(a5, b1, c5_1);
      }
      if (--k == 0) break;
      a += 24;
      b += 256;
    }
    const scale = f32x4.splat(alpha);
    if (mode == STORE) {
      const x0_0 = f32x4.mul(c0_0, scale);
      const x0_1 = f32x4.mul(c0_1, scale);
      v128.store(c, x0_0, 0);
      v128.store(c, x0_1, 16);
      c += rowBytes;
      const x1_0 = f32x4.mul(c1_0, scale);
      const x1_1 = f32x4.mul(c1_1, scale);
      v128.store(c, x1_0, 0);
      v128.store(c, x1_1, 16);
      c += rowBytes;
      const x2_0 = f32x4.mul(c2_0, scale);
      const x2_1 = f32x4.mul(c2_1, scale);
      v128.store(c, x2_0, 0);
      v128.store(c, x2_1, 16);
      c += rowBytes;
      const x3_0 = f32x4.mul(c3_0, scale);
      const x3_1 = f32x4.mul(c3_1, scale);
      v128.store(c, x3_0, 0);
      v128.store(c, x3_1, 16);
      c += rowBytes;
      const x4_0 = f32x4.mul(c4_0, scale);
      const x4_1 = f32x4.mul(c4_1, scale);
      v128.store(c, x4_0, 0);
      v128.store(c, x4_1, 16);
      c += rowBytes;
      const x5_0 = f32x4.mul(c5_0, scale);
      const x5_1 = f32x4.mul(c5_1, scale);
      v128.store(c, x5_0, 0);
      v128.store(c, x5_1, 16);
    } else if (mode == ADD) {
      const x0_0 = f32x4.add(v128.load(c, 0), f32x4.mul(c0_0, scale));
      const x0_1 = f32x4.add(v128.load(c, 16), f32x4.mul(c0_1, scale));
      v128.store(c, x0_0, 0);
      v128.store(c, x0_1, 16);
      c += rowBytes;
      const x1_0 = f32x4.add(v128.load(c, 0), f32x4.mul(c1_0, scale));
      const x1_1 = f32x4.add(v128.load(c, 16), f32x4.mul(c1_1, scale));
      v128.store(c, x1_0, 0);
      v128.store(c, x1_1, 16);
      c += rowBytes;
      const x2_0 = f32x4.add(v128.load(c, 0), f32x4.mul(c2_0, scale));
      const x2_1 = f32x4.add(v128.load(c, 16), f32x4.mul(c2_1, scale));
      v128.store(c, x2_0, 0);
      v128.store(c, x2_1, 16);
      c += rowBytes;
      const x3_0 = f32x4.add(v128.load(c, 0), f32x4.mul(c3_0, scale));
      const x3_1 = f32x4.add(v128.load(c, 16), f32x4.mul(c3_1, scale));
      v128.store(c, x3_0, 0);
      v128.store(c, x3_1, 16);
      c += rowBytes;
      const x4_0 = f32x4.add(v128.load(c, 0), f32x4.mul(c4_0, scale));
      const x4_1 = f32x4.add(v128.load(c, 16), f32x4.mul(c4_1, scale));
      v128.store(c, x4_0, 0);
      v128.store(c, x4_1, 16);
      c += rowBytes;
      const x5_0 = f32x4.add(v128.load(c, 0), f32x4.mul(c5_0, scale));
      const x5_1 = f32x4.add(v128.load(c, 16), f32x4.mul(c5_1, scale));
      v128.store(c, x5_0, 0);
      v128.store(c, x5_1, 16);
    } else {
      const keep = f32x4.splat(beta);
      const x0_0 = f32x4.add(f32x4.mul(v128.load(c, 0), keep), f32x4.mul(c0_0, scale));
      const x0_1 = f32x4.add(f32x4.mul(v128.load(c, 16), keep), f32x4.mul(c0_1, scale));
      v128.store(c, x0_0, 0);
      v128.store(c, x0_1, 16);
      c += rowBytes;
      const x1_0 = f32x4.add(f32x4.mul(v128.load(c, 0), keep), f32x4.mul(c1_0, scale));
      const x1_1 = f32x4.add(f32x4.mul(v128.load(c, 16), keep), f32x4.mul(c1_1, scale));
      v128.store(c, x1_0, 0);
      v128.store(c, x1_1, 16);
      c += rowBytes;
      const x2_0 = f32x4.add(f32x4.mul(v128.load(c, 0), keep), f32x4.mul(c2_0, scale));
      const x2_1 = f32x4.add(f32x4.mul(v128.load(c, 16), keep), f32x4.mul(c2_1, scale));
      v128.store(c, x2_0, 0);
      v128.store(c, x2_1, 16);
      c += rowBytes;
      const x3_0 = f32x4.add(f32x4.mul(v128.load(c, 0), keep), f32x4.mul(c3_0, scale));
      const x3_1 = f32x4.add(f32x4.mul(v128.load(c, 16), keep), f32x4.mul(c3_1, scale));
      v128.store(c, x3_0, 0);
      v128.store(c, x3_1, 16);
      c += rowBytes;
      const x4_0 = f32x4.add(f32x4.mul(v128.load(c, 0), keep), f32x4.mul(c4_0, scale));
      const x4_1 = f32x4.add(f32x4.mul(v128.load(c, 16), keep), f32x4.mul(c4_1, scale));
      v128.store(c, x4_0, 0);
      v128.store(c, x4_1, 16);
      c += rowBytes;
      const x5_0 = f32x4.add(f32x4.mul(v128.load(c, 0), keep), f32x4.mul(c5_0, scale));
      const x5_1 = f32x4.add(f32x4.mul(v128.load(c, 16), keep), f32x4.mul(c5_1, scale));
      v128.store(c, x5_0, 0);
      v128.store(c, x5_1, 16);
    }
  }

  /** As `tile`, of the first `rows` rows of A, contiguous where they are; steps of B are `bStepBytes` apart. */
  tileOfRows(
    rows: i32, k: i32, a: usize, aRowBytes: usize, b: usize, bStepBytes: usize, c: usize, rowBytes: usize,
    alpha: f32, beta: f32, mode: i32,
  ): void {
    // Rows that are not there are the last one again, whose products are not stored.
    let row0 = a;
    let row1 = select(row0 + aRowBytes, row0, rows > 1);
    let row2 = select(row1 + aRowBytes, row1, rows > 2);
    let row3 = select(row2 + aRowBytes, row2, rows > 3);
    let row4 = select(row3 + aRowBytes, row3, rows > 4);
    let row5 = select(row4 + aRowBytes, row4, rows > 5);
    let c0_0 = f32x4.splat(0);
    let c0_1 = f32x4.splat(0);
    let c1_0 = f32x4.splat(0);
    let c1_1 = f32x4.splat(0);
    let c2_0 = f32x4.splat(0);
    let c2_1 = f32x4.splat(0);
    let c3_0 = f32x4.splat(0);
    let c3_1 = f32x4.splat(0);
    let c4_0 = f32x4.splat(0);
    let c4_1 = f32x4.splat(0);
    let c5_0 = f32x4.splat(0);
    let c5_1 = f32x4.splat(0);
    for (;;) {
      {
        const b0 = v128.load(b, 0);
        const b1 = v128.load(b, 16);
        const a0 = v128.load32_splat(row0, 0);
        c0_0 = f32x4.relaxed_madd(a0, b0, c0_0);
        c0_1 = f32x4.relaxed_madd(a0, b1, c0_1);
        const a1 = v128.load32_splat(row1, 0);
        c1_0 = f32x4.relaxed_madd(a1, b0, c1_0);
        c1_1 = f32x4.relaxed_madd(a1, b1, c1_1);
        const a2 = v128.load32_splat(row2, 0);
        c2_0 = f32x4.relaxed_madd(a2, b0, c2_0);
        c2_1 = f32x4.relaxed_madd(a2, b1, c2_1);
        const a3 = v128.load32_splat(row3, 0);
        c3_0 = f32x4.relaxed_madd(a3, b0, c3_0);
        c3_1 = f32x4.relaxed_madd(a3, b1, c3_1);
        const a4 = v128.load32_splat(row4, 0);
        c4_0 = f32x4.relaxed_madd(a4, b0, c4_0);
        c4_1 = f32x4.relaxed_madd(a4, b1, c4_1);
        const a5 = v128.load32_splat(row5, 0);
        c5_0 = f32x4.relaxed_madd(a5, b0, c5_0);
        c5_1 = f32x4.relaxed_madd(a5, b1, c5_1);
      }
      if (--k == 0) break;
      b += bStepBytes;
      {
        const b0 = v128.load(b, 0);
        const b1 = v128.load(b, 16);
        const a0 = v128.load32_splat(row0, 4);
        c0_0 = f32x4.relaxed_madd(a0, b0, c0_0);
        c0_1 = f32x4.relaxed_madd(a0, b1, c0_1);
        const a1 = v128.load32_splat(row1, 4);
        c1_0 = f32x4.relaxed_madd(a1, b0, c1_0);
        c1_1 = f32x4.relaxed_madd(a1, b1, c1_1);
        const a2 = v128.load32_splat(row2, 4);
        c2_0 = f32x4.relaxed_madd(a2, b0, c2_0);
        c2_1 = f32x4.relaxed_madd(a2, b1, c2_1);
        const a3 = v128.load32_splat(row3, 4);
        c3_0 = f32x4.relaxed_madd(a3, b0, c3_0);
        c3_1 = f32x4.relaxed_madd(a3, b1, c3_1);
        const a4 = v128.load32_splat(row4, 4);
        c4_0 = f32x4.relaxed_madd(a4, b0, c4_0);
        c4_1 = f32x4.relaxed_madd(a4, b1, c4_1);
        const a5 = v128.load32_splat(row5, 4);
        c5_0 = f32x4.relaxed_madd(a5, b0, c5_0);
        c5_1 = f32x4.relaxed_madd(a5, b1, c5_1);
      }
      if (--k == 0) break;
      b += bStepBytes;
      {
        const b0 = v128.load(b, 0);
        const b1 = v128.load(b, 16);
        const a0 = v128.load32_splat(row0, 8);
        c0_0 = f32x4.relaxed_madd(a0, b0, c0_0);
        c0_1 = f32x4.relaxed_madd(a0, b1, c0_1);
        const a1 = v128.load32_splat(row1, 8);
        c1_0 = f32x4.relaxed_madd(a1, b0, c1_0);
        c1_1 = f32x4.relaxed_madd(a1, b1, c1_1);
        const a2 = v128.load32_splat(row2, 8);
        c2_0 = f32x4.relaxed_madd(a2, b0, c2_0);
        c2_1 = f32x4.relaxed_madd(a2, b1, c2_1);
        const a3 = v128.load32_splat(row3, 8);
        c3_0 = f32x4.relaxed_madd(a3, b0, c3_0);
        c3_1 = f32x4.relaxed_madd(a3, b1, c3_1);
        const a4 = v128.load32_splat(row4, 8);
        c4_0 = f32x4.relaxed_madd(a4, b0, c4_0);
        c4_1 = f32x4.relaxed_madd(a4, b1, c4_1);
        const a5 = v128.load32_splat(row5, 8);
        c5_0 = f32x4.relaxed_madd(a5, b0, c5_0);
        c5_1 = f32x4.relaxed_madd(a5, b1, c5_1);
      }
      if (--k == 0) break;
      b += bStepBytes;
      {
        const b0 = v128.load(b, 0);
        const b1 = v128.load(b, 16);
        const a0 = v128.load32_splat(row0, 12);
        c0_0 = f32x4.relaxed_madd(a0, b0, c0_0);
        c0_1 = f32x4.relaxed_madd(a0, b1, c0_1);
        const a1 = v128.load32_splat(row1, 12);
        c1_0 = f32x4.relaxed_madd(a1, b0, c1_0);
        c1_1 = f32x4.relaxed_madd(a1, b1, c1_1);
        const a2 = v128.load32_splat(row2, 12);
        c2_0 = f32x4.relaxed_madd(a2, b0, c2_0);
        c2_1 = f32x4.relaxed_madd(a2, b1, c2_1);
        const a3 = v128.load32_splat(row3, 12);
        c3_0 = f32x4.relaxed_madd(a3, b0, c3_0);
        c3_1 = f32x4.relaxed_madd(a3, b1, c3_1);
        const a4 = v128.load32_splat(row4, 12);
        c4_0 = f32x4.relaxed_madd(a4, b0, c4_0);
        c4_1 = f32x4.relaxed_madd(a4, b1, c4_1);
        const a5 = v128.load32_splat(row5, 12);
        c5_0 = f32x4.relaxed_madd(a5, b0, c5_0);
        c5_1 = f32x4.relaxed_madd(a5, b1, c5_1);
      }
      if (--k == 0) break;
      b += bStepBytes;
      {
        const b0 = v128.load(b, 0);
        const b1 = v128.load(b, 16);
        const a0 = v128.load32_splat(row0, 16);
        c0_0 = f32x4.relaxed_madd(a0, b0, c0_0);
        c0_1 = f32x4.relaxed_madd(a0, b1, c0_1);
        const a1 = v128.load32_splat(row1, 16);
        c1_0 = f32x4.relaxed_madd(a1, b0, c1_0);
        c1_1 = f32x4.relaxed_madd(a1, b1, c1_1);
        const a2 = v128.load32_splat(row2, 16);
        c2_0 = f32x4.relaxed_madd(a2, b0, c2_0);
        c2_1 = f32x4.relaxed_madd(a2, b1, c2_1);
        const a3 = v128.load32_splat(row3, 16);
        c3_0 = f32x4.relaxed_madd(a3, b0, c3_0);
        c3_1 = f32x4.relaxed_madd(a3, b1, c3_1);
        const a4 = v128.load32_splat(row4, 16);
        c4_0 = f32x4.relaxed_madd(a4, b0, c4_0);
        c4_1 = f32x4.relaxed_madd(a4, b1, c4_1);
        const a5 = v128.load32_splat(row5, 16);
        c5_0 = f32x4.relaxed_madd(a5, b0, c5_0);
        c5_1 = f32x4.relaxed_madd(a5, b1, c5_1);
      }
      if (--k == 0) break;
      b += bStepBytes;
      {
        const b0 = v128.load(b, 0);
        const b1 = v128.load(b, 16);
        const a0 = v128.load32_splat(row0, 20);
        c0_0 = f32x4.relaxed_madd(a0, b0, c0_0);
        c0_1 = f32x4.relaxed_madd(a0, b1, c0_1);
        const a1 = v128.load32_splat(row1, 20);
        c1_0 = f32x4.relaxed_madd(a1, b0, c1_0);
        c1_1 = f32x4.relaxed_madd(a1, b1, c1_1);
        const a2 = v128.load32_splat(row2, 20);
        c2_0 = f32x4.relaxed_madd(a2, b0, c2_0);
        c2_1 = f32x4.relaxed_madd(a2, b1, c2_1);
        const a3 = v128.load32_splat(row3, 20);
        c3_0 = f32x4.relaxed_madd(a3, b0, c3_0);
        c3_1 = f32x4.relaxed_madd(a3, b1, c3_1);
        const a4 = v128.load32_splat(row4, 20);
        c4_0 = f32x4.relaxed_madd(a4, b0, c4_0);
        c4_1 = f32x4.relaxed_madd(a4, b1, c4_1);
        const a5 = v128.load32_splat(row5, 20);
        c5_0 = f32x4.relaxed_madd(a5, b0, c5_0);
        c5_1 = f32x4.relaxed_madd(a5, b1, c5_1);
      }
      if (--k == 0) break;
      b += bStepBytes;
      {
        const b0 = v128.load(b, 0);
        const b1 = v128.load(b, 16);
        const a0 = v128.load32_splat(row0, 24);
        c0_0 = f32x4.relaxed_madd(a0, b0, c0_0);
        c0_1 = f32x4.relaxed_madd(a0, b1, c0_1);
        const a1 = v128.load32_splat(row1, 24);
        c1_0 = f32x4.relaxed_madd(a1, b0, c1_0);
        c1_1 = f32x4.relaxed_madd(a1, b1, c1_1);
        const a2 = v128.load32_splat(row2, 24);
        c2_0 = f32x4.relaxed_madd(a2, b0, c2_0);
        c2_1 = f32x4.relaxed_madd(a2, b1, c2_1);
        const a3 = v128.load32_splat(row3, 24);
        c3_0 = f32x4.relaxed_madd(a3, b0, c3_0);
        c3_1 = f32x4.relaxed_madd(a3, b1, c3_1);
        const a4 = v128.load32_splat(row4, 24);
        c4_0 = f32x4.relaxed_madd(a4, b0, c4_0);
        c4_1 = f32x4.relaxed_madd(a4, b1, c4_1);
        const a5 = v128.load32_splat(row5, 24);
        c5_0 = f32x4.relaxed_madd(a5, b0, c5_0);
        c5_1 = f32x4.relaxed_madd(a5, b1, c5_1);
      }
      if (--k == 0) break;
      b += bStepBytes;
      {
        const b0 = v128.load(b, 0);
        const b1 = v128.load(b, 16);
        const a0 = v128.load32_splat(row0, 28);
        c0_0 = f32x4.relaxed_madd(a0, b0, c0_0);
        c0_1 = f32x4.relaxed_madd(a0, b1, c0_1);
        const a1 = v128.load32_splat(row1, 28);
        c1_0 = f32x4.relaxed_madd(a1, b0, c1_0);
        c1_1 = f32x4.relaxed_madd(a1, b1, c1_1);
        const a2 = v128.load32_splat(row2, 28);
        c2_0 = f32x4.relaxed_madd(a2, b0, c2_0);
        c2_1 = f32x4.relaxed_madd(a2, b1, c2_1);
        const a3 = v128.load32_splat(row3, 28);
        c3_0 = f32x4.relaxed_madd(a3, b0, c3_0);
        c3_1 = f32x4.relaxed_madd(a3, b1, c3_1);
        const a4 = v128.load32_splat(row4, 28);
        c4_0 = f32x4.relaxed_madd(a4, b0, c4_0);
        c4_1 = f32x4.relaxed_madd(a4, b1, c4_1);
        const a5 = v128.load32_splat(row5, 28);
        c5_0 = f32x4.relaxed_madd(a5, b0, c5_0);
        c5_1 = f32x4.relaxed_madd(a5, b1, c5_1);
      }
      if (--k == 0) break;
      b += bStepBytes;
      row0 += 32;
      row1 += 32;
      row2 += 32;
      row3 += 32;
      row4 += 32;
      row5 += 32;
    }
    const scale = f32x4.splat(alpha);
    if (mode == STORE) {
      const x0_0 = f32x4.mul(c0_0, scale);
      const x0_1 = f32x4.mul(c0_1, scale);
      v128.store(c, x0_0, 0);
      v128.store(c, x0_1, 16);
      if (rows == 1) return;
      c += rowBytes;
      const x1_0 = f32x4.mul(c1_0, scale);
      const x1_1 = f32x4.mul(c1_1, scale);
      v128.store(c, x1_0, 0);
      v128.store(c, x1_1, 16);
      if (rows == 2) return;
      c += rowBytes;
      const x2_0 = f32x4.mul(c2_0, scale);
      const x2_1 = f32x4.mul(c2_1, scale);
      v128.store(c, x2_0, 0);
      v128.store(c, x2_1, 16);
      if (rows == 3) return;
      c += rowBytes;
      const x3_0 = f32x4.mul(c3_0, scale);
      const x3_1 = f32x4.mul(c3_1, scale);
      v128.store(c, x3_0, 0);
      v128.store(c, x3_1, 16);
      if (rows == 4) return;
      c += rowBytes;
      const x4_0 = f32x4.mul(c4_0, scale);
      const x4_1 = f32x4.mul(c4_1, scale);
      v128.store(c, x4_0, 0);
      v128.store(c, x4_1, 16);
      if (rows == 5) return;
      c += rowBytes;
      const x5_0 = f32x4.mul(c5_0, scale);
      const x5_1 = f32x4.mul(c5_1, scale);
      v128.store(c, x5_0, 0);
      v128.store(c, x5_1, 16);
    } else if (mode == ADD) {
      const x0_0 = f32x4.add(v128.load(c, 0), f32x4.mul(c0_0, scale));
      const x0_1 = f32x4.add(v128.load(c, 16), f32x4.mul(c0_1, scale));
      v128.store(c, x0_0, 0);
      v128.store(c, x0_1, 16);
      if (rows == 1) return;
      c += rowBytes;
      const x1_0 = f32x4.add(v128.load(c, 0), f32x4.mul(c1_0, scale));
      const x1_1 = f32x4.add(v128.load(c, 16), f32x4.mul(c1_1, scale));
      v128.store(c, x1_0, 0);
      v128.store(c, x1_1, 16);
      if (rows == 2) return;
      c += rowBytes;
      const x2_0 = f32x4.add(v128.load(c, 0), f32x4.mul(c2_0, scale));
      const x2_1 = f32x4.add(v128.load(c, 16), f32x4.mul(c2_1, scale));
      v128.store(c, x2_0, 0);
      v128.store(c, x2_1, 16);
      if (rows == 3) return;
      c += rowBytes;
      const x3_0 = f32x4.add(v128.load(c, 0), f32x4.mul(c3_0, scale));
      const x3_1 = f32x4.add(v128.load(c, 16), f32x4.mul(c3_1, scale));
      v128.store(c, x3_0, 0);
      v128.store(c, x3_1, 16);
      if (rows == 4) return;
      c += rowBytes;
      const x4_0 = f32x4.add(v128.load(c, 0), f32x4.mul(c4_0, scale));
      const x4_1 = f32x4.add(v128.load(c, 16), f32x4.mul(c4_1, scale));
      v128.store(c, x4_0, 0);
      v128.store(c, x4_1, 16);
      if (rows == 5) return;
      c += rowBytes;
      const x5_0 = f32x4.add(v128.load(c, 0), f32x4.mul(c5_0, scale));
      const x5_1 = f32x4.add(v128.load(c, 16), f32x4.mul(c5_1, scale));
      v128.store(c, x5_0, 0);
      v128.store(c, x5_1, 16);
    } else {
      const keep = f32x4.splat(beta);
      const x0_0 = f32x4.add(f32x4.mul(v128.load(c, 0), keep), f32x4.mul(c0_0, scale));
      const x0_1 = f32x4.add(f32x4.mul(v128.load(c, 16), keep), f32x4.mul(c0_1, scale));
      v128.store(c, x0_0, 0);
      v128.store(c, x0_1, 16);
      if (rows == 1) return;
      c += rowBytes;
      const x1_0 = f32x4.add(f32x4.mul(v128.load(c, 0), keep), f32x4.mul(c1_0, scale));
      const x1_1 = f32x4.add(f32x4.mul(v128.load(c, 16), keep), f32x4.mul(c1_1, scale));
      v128.store(c, x1_0, 0);
      v128.store(c, x1_1, 16);
      if (rows == 2) return;
      c += rowBytes;
      const x2_0 = f32x4.add(f32x4.mul(v128.load(c, 0), keep), f32x4.mul(c2_0, scale));
      const x2_1 = f32x4.add(f32x4.mul(v128.load(c, 16), keep), f32x4.mul(c2_1, scale));
      v128.store(c, x2_0, 0);
      v128.store(c, x2_1, 16);
      if (rows == 3) return;
      c += rowBytes;
      const x3_0 = f32x4.add(f32x4.mul(v128.load(c, 0), keep), f32x4.mul(c3_0, scale));
      const x3_1 = f32x4.add(f32x4.mul(v128.load(c, 16), keep), f32x4.mul(c3_1, scale));
      v128.store(c, x3_0, 0);
      v128.store(c, x3_1, 16);
      if (rows == 4) return;
      c += rowBytes;
      const x4_0 = f32x4.add(f32x4.mul(v128.load(c, 0), keep), f32x4.mul(c4_0, scale));
      const x4_1 = f32x4.add(f32x4.mul(v128.load(c, 16), keep), f32x4.mul(c4_1, scale));
      v128.store(c, x4_0, 0);
      v128.store(c, x4_1, 16);
      if (rows == 5) return;
      c += rowBytes;
      const x5_0 = f32x4.add(f32x4.mul(v128.load(c, 0), keep), f32x4.mul(c5_0, scale));
      const x5_1 = f32x4.add(f32x4.mul(v128.load(c, 16), keep), f32x4.mul(c5_1, scale));
      v128.store(c, x5_0, 0);
      v128.store(c, x5_1, 16);
    }
  }

  /** What C becomes of what it held and of what STORE gave, where mode is not STORE; `keep` is beta in each lane. */
  @inline combine(old: v128, product: v128, keep: v128, mode: i32): v128 {
    return mode == ADD ? f32x4.add(old, product) : f32x4.add(f32x4.mul(old, keep), product);
  }

  /** What C becomes of what it held where nothing is added to it. */
  @inline kept(old: v128, keep: v128): v128 {
    return f32x4.mul(old, keep);
  }

  /** Adds a whole micro-tile that STORE wrote without gaps, times `sign` (1 or -1), to C. */
  addTile(tile: usize, c: usize, rowBytes: usize, sign: f32): void {
    const signs = f32x4.splat(sign);
    const x0_0 = f32x4.add(v128.load(c, 0), f32x4.mul(v128.load(tile, 0), signs));
    const x0_1 = f32x4.add(v128.load(c, 16), f32x4.mul(v128.load(tile, 16), signs));
    v128.store(c, x0_0, 0);
    v128.store(c, x0_1, 16);
    c += rowBytes;
    const x1_0 = f32x4.add(v128.load(c, 0), f32x4.mul(v128.load(tile, 32), signs));
    const x1_1 = f32x4.add(v128.load(c, 16), f32x4.mul(v128.load(tile, 48), signs));
    v128.store(c, x1_0, 0);
    v128.store(c, x1_1, 16);
    c += rowBytes;
    const x2_0 = f32x4.add(v128.load(c, 0), f32x4.mul(v128.load(tile, 64), signs));
    const x2_1 = f32x4.add(v128.load(c, 16), f32x4.mul(v128.load(tile, 80), signs));
    v128.store(c, x2_0, 0);
    v128.store(c, x2_1, 16);
    c += rowBytes;
    const x3_0 = f32x4.add(v128.load(c, 0), f32x4.mul(v128.load(tile, 96), signs));
    const x3_1 = f32x4.add(v128.load(c, 16), f32x4.mul(v128.load(tile, 112), signs));
    v128.store(c, x3_0, 0);
    v128.store(c, x3_1, 16);
    c += rowBytes;
    const x4_0 = f32x4.add(v128.load(c, 0), f32x4.mul(v128.load(tile, 128), signs));
    const x4_1 = f32x4.add(v128.load(c, 16), f32x4.mul(v128.load(tile, 144), signs));
    v128.store(c, x4_0, 0);
    v128.store(c, x4_1, 16);
    c += rowBytes;
    const x5_0 = f32x4.add(v128.load(c, 0), f32x4.mul(v128.load(tile, 160), signs));
    const x5_1 = f32x4.add(v128.load(c, 16), f32x4.mul(v128.load(tile, 176), signs));
    v128.store(c, x5_0, 0);
    v128.store(c, x5_1, 16);
  }

  /** Readies a packed block of A, `bytes` rounded up to 16 long: nothing to do. */
  cleanA(packed: usize, bytes: usize): void {}

  /** Packs 6 adjacent elements a step: a micro-panel of A whose rows are contiguous in memory (A transposed). */
  copyA(k: i32, source: usize, stepBytes: usize, target: usize): void {
    for (; k > 0; --k) {
      const v0 = v128.load(source, 0);
      v128.store(target, v0, 0);
      store<u64>(target, load<u64>(source, 16), 16);
      source += stepBytes;
      target += 24;
    }
  }

  /** Packs 8 adjacent elements a step: a micro-panel of B whose columns are contiguous in memory. */
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
