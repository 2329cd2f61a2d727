// Written by scripts/generate-kernels.mjs from scripts/kernel-table.mjs: change those, not this.
import { STORE } from '../mode';

/** min-plus-ukr-f64-4x8-fma: micro-panels of A (4 rows) and B (8 columns), 4 vectors a row. Contract: assembly/README.md */
@unmanaged @final
export class MinPlusUkrF644x8Fma {
  @inline get mr(): i32 { return 4; }
  @inline get nr(): i32 { return 8; }
  /** Whether it has `tileOfRows`. */
  @inline get readsRows(): bool { return false; }
  /** The sum of nothing. */
  @inline get zero(): f64 { return Infinity; }

  /** k > 0. C = A * B (STORE, C is not read) or C + A * B (ADD), in the arithmetic of min-plus; alpha is 1, beta is not read. */
  tile(k: i32, a: usize, b: usize, c: usize, rowBytes: usize, alpha: f64, beta: f64, mode: i32): void {
    const one = f64x2.splat(alpha);
    let c0_0 = f64x2.splat(Infinity);
    let c0_1 = f64x2.splat(Infinity);
    let c0_2 = f64x2.splat(Infinity);
    let c0_3 = f64x2.splat(Infinity);
    let c1_0 = f64x2.splat(Infinity);
    let c1_1 = f64x2.splat(Infinity);
    let c1_2 = f64x2.splat(Infinity);
    let c1_3 = f64x2.splat(Infinity);
    let c2_0 = f64x2.splat(Infinity);
    let c2_1 = f64x2.splat(Infinity);
    let c2_2 = f64x2.splat(Infinity);
    let c2_3 = f64x2.splat(Infinity);
    let c3_0 = f64x2.splat(Infinity);
    let c3_1 = f64x2.splat(Infinity);
    let c3_2 = f64x2.splat(Infinity);
    let c3_3 = f64x2.splat(Infinity);
    for (;;) {
      {
        const b0 = v128.load(b, 0);
        const b1 = v128.load(b, 16);
        const b2 = v128.load(b, 32);
        const b3 = v128.load(b, 48);
        const a0 = v128.load64_splat(a, 0);
        c0_0 = f64x2.pmin(c0_0, f64x2.relaxed_madd(a0, one, b0));
        c0_1 = f64x2.pmin(c0_1, f64x2.relaxed_madd(a0, one, b1));
        c0_2 = f64x2.pmin(c0_2, f64x2.relaxed_madd(a0, one, b2));
        c0_3 = f64x2.pmin(c0_3, f64x2.relaxed_madd(a0, one, b3));
        const a1 = v128.load64_splat(a, 8);
        c1_0 = f64x2.pmin(c1_0, f64x2.relaxed_madd(a1, one, b0));
        c1_1 = f64x2.pmin(c1_1, f64x2.relaxed_madd(a1, one, b1));
        c1_2 = f64x2.pmin(c1_2, f64x2.relaxed_madd(a1, one, b2));
        c1_3 = f64x2.pmin(c1_3, f64x2.relaxed_madd(a1, one, b3));
        const a2 = v128.load64_splat(a, 16);
        c2_0 = f64x2.pmin(c2_0, f64x2.relaxed_madd(a2, one, b0));
        c2_1 = f64x2.pmin(c2_1, f64x2.relaxed_madd(a2, one, b1));
        c2_2 = f64x2.pmin(c2_2, f64x2.relaxed_madd(a2, one, b2));
        c2_3 = f64x2.pmin(c2_3, f64x2.relaxed_madd(a2, one, b3));
        const a3 = v128.load64_splat(a, 24);
        c3_0 = f64x2.pmin(c3_0, f64x2.relaxed_madd(a3, one, b0));
        c3_1 = f64x2.pmin(c3_1, f64x2.relaxed_madd(a3, one, b1));
        c3_2 = f64x2.pmin(c3_2, f64x2.relaxed_madd(a3, one, b2));
        c3_3 = f64x2.pmin(c3_3, f64x2.relaxed_madd(a3, one, b3));
      }
      if (--k == 0) break;
      a += 32;
      {
        const b0 = v128.load(b, 64);
        const b1 = v128.load(b, 80);
        const b2 = v128.load(b, 96);
        const b3 = v128.load(b, 112);
        const a0 = v128.load64_splat(a, 0);
        c0_0 = f64x2.pmin(c0_0, f64x2.relaxed_madd(a0, one, b0));
        c0_1 = f64x2.pmin(c0_1, f64x2.relaxed_madd(a0, one, b1));
        c0_2 = f64x2.pmin(c0_2, f64x2.relaxed_madd(a0, one, b2));
        c0_3 = f64x2.pmin(c0_3, f64x2.relaxed_madd(a0, one, b3));
        const a1 = v128.load64_splat(a, 8);
        c1_0 = f64x2.pmin(c1_0, f64x2.relaxed_madd(a1, one, b0));
        c1_1 = f64x2.pmin(c1_1, f64x2.relaxed_madd(a1, one, b1));
        c1_2 = f64x2.pmin(c1_2, f64x2.relaxed_madd(a1, one, b2));
        c1_3 = f64x2.pmin(c1_3, f64x2.relaxed_madd(a1, one, b3));
        const a2 = v128.load64_splat(a, 16);
        c2_0 = f64x2.pmin(c2_0, f64x2.relaxed_madd(a2, one, b0));
        c2_1 = f64x2.pmin(c2_1, f64x2.relaxed_madd(a2, one, b1));
        c2_2 = f64x2.pmin(c2_2, f64x2.relaxed_madd(a2, one, b2));
        c2_3 = f64x2.pmin(c2_3, f64x2.relaxed_madd(a2, one, b3));
        const a3 = v128.load64_splat(a, 24);
        c3_0 = f64x2.pmin(c3_0, f64x2.relaxed_madd(a3, one, b0));
        c3_1 = f64x2.pmin(c3_1, f64x2.relaxed_madd(a3, one, b1));
        c3_2 = f64x2.pmin(c3_2, f64x2.relaxed_madd(a3, one, b2));
        c3_3 = f64x2.pmin(c3_3, f64x2.relaxed_madd(a3, one, b3));
      }
      if (--k == 0) break;
      a += 32;
      {
        const b0 = v128.load(b, 128);
        const b1 = v128.load(b, 144);
        const b2 = v128.load(b, 160);
        const b3 = v128.load(b, 176);
        const a0 = v128.load64_splat(a, 0);
        c0_0 = f64x2.pmin(c0_0, f64x2.relaxed_madd(a0, one, b0));
        c0_1 = f64x2.pmin(c0_1, f64x2.relaxed_madd(a0, one, b1));
        c0_2 = f64x2.pmin(c0_2, f64x2.relaxed_madd(a0, one, b2));
        c0_3 = f64x2.pmin(c0_3, f64x2.relaxed_madd(a0, one, b3));
        const a1 = v128.load64_splat(a, 8);
        c1_0 = f64x2.pmin(c1_0, f64x2.relaxed_madd(a1, one, b0));
        c1_1 = f64x2.pmin(c1_1, f64x2.relaxed_madd(a1, one, b1));
        c1_2 = f64x2.pmin(c1_2, f64x2.relaxed_madd(a1, one, b2));
        c1_3 = f64x2.pmin(c1_3, f64x2.relaxed_madd(a1, one, b3));
        const a2 = v128.load64_splat(a, 16);
        c2_0 = f64x2.pmin(c2_0, f64x2.relaxed_madd(a2, one, b0));
        c2_1 = f64x2.pmin(c2_1, f64x2.relaxed_madd(a2, one, b1));
        c2_2 = f64x2.pmin(c2_2, f64x2.relaxed_madd(a2, one, b2));
        c2_3 = f64x2.pmin(c2_3, f64x2.relaxed_madd(a2, one, b3));
        const a3 = v128.load64_splat(a, 24);
        c3_0 = f64x2.pmin(c3_0, f64x2.relaxed_madd(a3, one, b0));
        c3_1 = f64x2.pmin(c3_1, f64x2.relaxed_madd(a3, one, b1));
        c3_2 = f64x2.pmin(c3_2, f64x2.relaxed_madd(a3, one, b2));
        c3_3 = f64x2.pmin(c3_3, f64x2.relaxed_madd(a3, one, b3));
      }
      if (--k == 0) break;
      a += 32;
      {
        const b0 = v128.load(b, 192);
        const b1 = v128.load(b, 208);
        const b2 = v128.load(b, 224);
        const b3 = v128.load(b, 240);
        const a0 = v128.load64_splat(a, 0);
        c0_0 = f64x2.pmin(c0_0, f64x2.relaxed_madd(a0, one, b0));
        c0_1 = f64x2.pmin(c0_1, f64x2.relaxed_madd(a0, one, b1));
        c0_2 = f64x2.pmin(c0_2, f64x2.relaxed_madd(a0, one, b2));
        c0_3 = f64x2.pmin(c0_3, f64x2.relaxed_madd(a0, one, b3));
        const a1 = v128.load64_splat(a, 8);
        c1_0 = f64x2.pmin(c1_0, f64x2.relaxed_madd(a1, one, b0));
        c1_1 = f64x2.pmin(c1_1, f64x2.relaxed_madd(a1, one, b1));
        c1_2 = f64x2.pmin(c1_2, f64x2.relaxed_madd(a1, one, b2));
        c1_3 = f64x2.pmin(c1_3, f64x2.relaxed_madd(a1, one, b3));
        const a2 = v128.load64_splat(a, 16);
        c2_0 = f64x2.pmin(c2_0, f64x2.relaxed_madd(a2, one, b0));
        c2_1 = f64x2.pmin(c2_1, f64x2.relaxed_madd(a2, one, b1));
        c2_2 = f64x2.pmin(c2_2, f64x2.relaxed_madd(a2, one, b2));
        c2_3 = f64x2.pmin(c2_3, f64x2.relaxed_madd(a2, one, b3));
        const a3 = v128.load64_splat(a, 24);
        c3_0 = f64x2.pmin(c3_0, f64x2.relaxed_madd(a3, one, b0));
        c3_1 = f64x2.pmin(c3_1, f64x2.relaxed_madd(a3, one, b1));
        c3_2 = f64x2.pmin(c3_2, f64x2.relaxed_madd(a3, one, b2));
        c3_3 = f64x2.pmin(c3_3, f64x2.relaxed_madd(a3, one, b3));
      }
      if (--k == 0) break;
      a += 32;
      {
        const b0 = v128.load(b, 256);
        const b1 = v128.load(b, 272);
        const b2 = v128.load(b, 288);
        const b3 = v128.load(b, 304);
        const a0 = v128.load64_splat(a, 0);
        c0_0 = f64x2.pmin(c0_0, f64x2.relaxed_madd(a0, one, b0));
        c0_1 = f64x2.pmin(c0_1, f64x2.relaxed_madd(a0, one, b1));
        c0_2 = f64x2.pmin(c0_2, f64x2.relaxed_madd(a0, one, b2));
        c0_3 = f64x2.pmin(c0_3, f64x2.relaxed_madd(a0, one, b3));
        const a1 = v128.load64_splat(a, 8);
        c1_0 = f64x2.pmin(c1_0, f64x2.relaxed_madd(a1, one, b0));
        c1_1 = f64x2.pmin(c1_1, f64x2.relaxed_madd(a1, one, b1));
        c1_2 = f64x2.pmin(c1_2, f64x2.relaxed_madd(a1, one, b2));
        c1_3 = f64x2.pmin(c1_3, f64x2.relaxed_madd(a1, one, b3));
        const a2 = v128.load64_splat(a, 16);
        c2_0 = f64x2.pmin(c2_0, f64x2.relaxed_madd(a2, one, b0));
        c2_1 = f64x2.pmin(c2_1, f64x2.relaxed_madd(a2, one, b1));
        c2_2 = f64x2.pmin(c2_2, f64x2.relaxed_madd(a2, one, b2));
        c2_3 = f64x2.pmin(c2_3, f64x2.relaxed_madd(a2, one, b3));
        const a3 = v128.load64_splat(a, 24);
        c3_0 = f64x2.pmin(c3_0, f64x2.relaxed_madd(a3, one, b0));
        c3_1 = f64x2.pmin(c3_1, f64x2.relaxed_madd(a3, one, b1));
        c3_2 = f64x2.pmin(c3_2, f64x2.relaxed_madd(a3, one, b2));
        c3_3 = f64x2.pmin(c3_3, f64x2.relaxed_madd(a3, one, b3));
      }
      if (--k == 0) break;
      a += 32;
      {
        const b0 = v128.load(b, 320);
        const b1 = v128.load(b, 336);
        const b2 = v128.load(b, 352);
        const b3 = v128.load(b, 368);
        const a0 = v128.load64_splat(a, 0);
        c0_0 = f64x2.pmin(c0_0, f64x2.relaxed_madd(a0, one, b0));
        c0_1 = f64x2.pmin(c0_1, f64x2.relaxed_madd(a0, one, b1));
        c0_2 = f64x2.pmin(c0_2, f64x2.relaxed_madd(a0, one, b2));
        c0_3 = f64x2.pmin(c0_3, f64x2.relaxed_madd(a0, one, b3));
        const a1 = v128.load64_splat(a, 8);
        c1_0 = f64x2.pmin(c1_0, f64x2.relaxed_madd(a1, one, b0));
        c1_1 = f64x2.pmin(c1_1, f64x2.relaxed_madd(a1, one, b1));
        c1_2 = f64x2.pmin(c1_2, f64x2.relaxed_madd(a1, one, b2));
        c1_3 = f64x2.pmin(c1_3, f64x2.relaxed_madd(a1, one, b3));
        const a2 = v128.load64_splat(a, 16);
        c2_0 = f64x2.pmin(c2_0, f64x2.relaxed_madd(a2, one, b0));
        c2_1 = f64x2.pmin(c2_1, f64x2.relaxed_madd(a2, one, b1));
        c2_2 = f64x2.pmin(c2_2, f64x2.relaxed_madd(a2, one, b2));
        c2_3 = f64x2.pmin(c2_3, f64x2.relaxed_madd(a2, one, b3));
        const a3 = v128.load64_splat(a, 24);
        c3_0 = f64x2.pmin(c3_0, f64x2.relaxed_madd(a3, one, b0));
        c3_1 = f64x2.pmin(c3_1, f64x2.relaxed_madd(a3, one, b1));
        c3_2 = f64x2.pmin(c3_2, f64x2.relaxed_madd(a3, one, b2));
        c3_3 = f64x2.pmin(c3_3, f64x2.relaxed_madd(a3, one, b3));
      }
      if (--k == 0) break;
      a += 32;
      {
        const b0 = v128.load(b, 384);
        const b1 = v128.load(b, 400);
        const b2 = v128.load(b, 416);
        const b3 = v128.load(b, 432);
        const a0 = v128.load64_splat(a, 0);
        c0_0 = f64x2.pmin(c0_0, f64x2.relaxed_madd(a0, one, b0));
        c0_1 = f64x2.pmin(c0_1, f64x2.relaxed_madd(a0, one, b1));
        c0_2 = f64x2.pmin(c0_2, f64x2.relaxed_madd(a0, one, b2));
        c0_3 = f64x2.pmin(c0_3, f64x2.relaxed_madd(a0, one, b3));
        const a1 = v128.load64_splat(a, 8);
        c1_0 = f64x2.pmin(c1_0, f64x2.relaxed_madd(a1, one, b0));
        c1_1 = f64x2.pmin(c1_1, f64x2.relaxed_madd(a1, one, b1));
        c1_2 = f64x2.pmin(c1_2, f64x2.relaxed_madd(a1, one, b2));
        c1_3 = f64x2.pmin(c1_3, f64x2.relaxed_madd(a1, one, b3));
        const a2 = v128.load64_splat(a, 16);
        c2_0 = f64x2.pmin(c2_0, f64x2.relaxed_madd(a2, one, b0));
        c2_1 = f64x2.pmin(c2_1, f64x2.relaxed_madd(a2, one, b1));
        c2_2 = f64x2.pmin(c2_2, f64x2.relaxed_madd(a2, one, b2));
        c2_3 = f64x2.pmin(c2_3, f64x2.relaxed_madd(a2, one, b3));
        const a3 = v128.load64_splat(a, 24);
        c3_0 = f64x2.pmin(c3_0, f64x2.relaxed_madd(a3, one, b0));
        c3_1 = f64x2.pmin(c3_1, f64x2.relaxed_madd(a3, one, b1));
        c3_2 = f64x2.pmin(c3_2, f64x2.relaxed_madd(a3, one, b2));
        c3_3 = f64x2.pmin(c3_3, f64x2.relaxed_madd(a3, one, b3));
      }
      if (--k == 0) break;
      a += 32;
      {
        const b0 = v128.load(b, 448);
        const b1 = v128.load(b, 464);
        const b2 = v128.load(b, 480);
        const b3 = v128.load(b, 496);
        const a0 = v128.load64_splat(a, 0);
        c0_0 = f64x2.pmin(c0_0, f64x2.relaxed_madd(a0, one, b0));
        c0_1 = f64x2.pmin(c0_1, f64x2.relaxed_madd(a0, one, b1));
        c0_2 = f64x2.pmin(c0_2, f64x2.relaxed_madd(a0, one, b2));
        c0_3 = f64x2.pmin(c0_3, f64x2.relaxed_madd(a0, one, b3));
        const a1 = v128.load64_splat(a, 8);
        c1_0 = f64x2.pmin(c1_0, f64x2.relaxed_madd(a1, one, b0));
        c1_1 = f64x2.pmin(c1_1, f64x2.relaxed_madd(a1, one, b1));
        c1_2 = f64x2.pmin(c1_2, f64x2.relaxed_madd(a1, one, b2));
        c1_3 = f64x2.pmin(c1_3, f64x2.relaxed_madd(a1, one, b3));
        const a2 = v128.load64_splat(a, 16);
        c2_0 = f64x2.pmin(c2_0, f64x2.relaxed_madd(a2, one, b0));
        c2_1 = f64x2.pmin(c2_1, f64x2.relaxed_madd(a2, one, b1));
        c2_2 = f64x2.pmin(c2_2, f64x2.relaxed_madd(a2, one, b2));
        c2_3 = f64x2.pmin(c2_3, f64x2.relaxed_madd(a2, one, b3));
        const a3 = v128.load64_splat(a, 24);
        c3_0 = f64x2.pmin(c3_0, f64x2.relaxed_madd(a3, one, b0));
        c3_1 = f64x2.pmin(c3_1, f64x2.relaxed_madd(a3, one, b1));
        c3_2 = f64x2.pmin(c3_2, f64x2.relaxed_madd(a3, one, b2));
        c3_3 = f64x2.pmin(c3_3, f64x2.relaxed_madd(a3, one, b3));
      }
      if (--k == 0) break;
      a += 32;
      b += 512;
    }
    if (mode == STORE) {
      const x0_0 = c0_0;
      const x0_1 = c0_1;
      v128.store(c, x0_0, 0);
      v128.store(c, x0_1, 16);
      const x0_2 = c0_2;
      const x0_3 = c0_3;
      v128.store(c, x0_2, 32);
      v128.store(c, x0_3, 48);
      c += rowBytes;
      const x1_0 = c1_0;
      const x1_1 = c1_1;
      v128.store(c, x1_0, 0);
      v128.store(c, x1_1, 16);
      const x1_2 = c1_2;
      const x1_3 = c1_3;
      v128.store(c, x1_2, 32);
      v128.store(c, x1_3, 48);
      c += rowBytes;
      const x2_0 = c2_0;
      const x2_1 = c2_1;
      v128.store(c, x2_0, 0);
      v128.store(c, x2_1, 16);
      const x2_2 = c2_2;
      const x2_3 = c2_3;
      v128.store(c, x2_2, 32);
      v128.store(c, x2_3, 48);
      c += rowBytes;
      const x3_0 = c3_0;
      const x3_1 = c3_1;
      v128.store(c, x3_0, 0);
      v128.store(c, x3_1, 16);
      const x3_2 = c3_2;
      const x3_3 = c3_3;
      v128.store(c, x3_2, 32);
      v128.store(c, x3_3, 48);
    } else {
      const x0_0 = f64x2.pmin(c0_0, v128.load(c, 0));
      const x0_1 = f64x2.pmin(c0_1, v128.load(c, 16));
      v128.store(c, x0_0, 0);
      v128.store(c, x0_1, 16);
      const x0_2 = f64x2.pmin(c0_2, v128.load(c, 32));
      const x0_3 = f64x2.pmin(c0_3, v128.load(c, 48));
      v128.store(c, x0_2, 32);
      v128.store(c, x0_3, 48);
      c += rowBytes;
      const x1_0 = f64x2.pmin(c1_0, v128.load(c, 0));
      const x1_1 = f64x2.pmin(c1_1, v128.load(c, 16));
      v128.store(c, x1_0, 0);
      v128.store(c, x1_1, 16);
      const x1_2 = f64x2.pmin(c1_2, v128.load(c, 32));
      const x1_3 = f64x2.pmin(c1_3, v128.load(c, 48));
      v128.store(c, x1_2, 32);
      v128.store(c, x1_3, 48);
      c += rowBytes;
      const x2_0 = f64x2.pmin(c2_0, v128.load(c, 0));
      const x2_1 = f64x2.pmin(c2_1, v128.load(c, 16));
      v128.store(c, x2_0, 0);
      v128.store(c, x2_1, 16);
      const x2_2 = f64x2.pmin(c2_2, v128.load(c, 32));
      const x2_3 = f64x2.pmin(c2_3, v128.load(c, 48));
      v128.store(c, x2_2, 32);
      v128.store(c, x2_3, 48);
      c += rowBytes;
      const x3_0 = f64x2.pmin(c3_0, v128.load(c, 0));
      const x3_1 = f64x2.pmin(c3_1, v128.load(c, 16));
      v128.store(c, x3_0, 0);
      v128.store(c, x3_1, 16);
      const x3_2 = f64x2.pmin(c3_2, v128.load(c, 32));
      const x3_3 = f64x2.pmin(c3_3, v128.load(c, 48));
      v128.store(c, x3_2, 32);
      v128.store(c, x3_3, 48);
    }
  }

  /** What C becomes of what it held and of what STORE gave, where mode is not STORE; `keep` is beta in each lane. */
  @inline combine(old: v128, product: v128, keep: v128, mode: i32): v128 {
    return f64x2.pmin(product, old);
  }

  /** What C becomes of what it held where nothing is added to it. */
  @inline kept(old: v128, keep: v128): v128 {
    return f64x2.pmin(f64x2.splat(Infinity), old);
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

  /** Packs 8 adjacent elements a step: a micro-panel of B whose columns are contiguous in memory. */
  copyB(k: i32, source: usize, stepBytes: usize, target: usize): void {
    for (; k > 0; --k) {
      const v0 = v128.load(source, 0);
      const v1 = v128.load(source, 16);
      v128.store(target, v0, 0);
      v128.store(target, v1, 16);
      const v2 = v128.load(source, 32);
      const v3 = v128.load(source, 48);
      v128.store(target, v2, 32);
      v128.store(target, v3, 48);
      source += stepBytes;
      target += 64;
    }
  }
}
