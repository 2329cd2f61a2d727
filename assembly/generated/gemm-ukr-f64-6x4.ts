// Written by scripts/generate-kernels.mjs from scripts/kernel-table.mjs: change those, not this.
import { ADD, STORE } from '../mode';

/** gemm-ukr-f64-6x4: micro-panels of A (6 rows) and B (4 columns), 2 vectors a row. Contract: assembly/README.md */
@unmanaged @final
export class GemmUkrF646x4 {
  @inline get mr(): i32 { return 6; }
  @inline get nr(): i32 { return 4; }

  /** C = alpha * A * B (STORE, C is not read), C + alpha * A * B (ADD) or beta * C + alpha * A * B (BLEND). */
  tile(k: i32, a: usize, b: usize, c: usize, rowBytes: usize, alpha: f64, beta: f64, mode: i32): void {
    let c0_0 = f64x2.splat(0);
    let c0_1 = f64x2.splat(0);
    let c1_0 = f64x2.splat(0);
    let c1_1 = f64x2.splat(0);
    let c2_0 = f64x2.splat(0);
    let c2_1 = f64x2.splat(0);
    let c3_0 = f64x2.splat(0);
    let c3_1 = f64x2.splat(0);
    let c4_0 = f64x2.splat(0);
    let c4_1 = f64x2.splat(0);
    let c5_0 = f64x2.splat(0);
    let c5_1 = f64x2.splat(0);
    for (; k > 0; --k) {
      const b0 = v128.load(b, 0);
      const b1 = v128.load(b, 16);
      const a0 = v128.load64_splat(a, 0);
      c0_0 = f64x2.add(c0_0, f64x2.mul(a0, b0));
      c0_1 = f64x2.add(c0_1, f64x2.mul(a0, b1));
      const a1 = v128.load64_splat(a, 8);
      c1_0 = f64x2.add(c1_0, f64x2.mul(a1, b0));
      c1_1 = f64x2.add(c1_1, f64x2.mul(a1, b1));
      const a2 = v128.load64_splat(a, 16);
      c2_0 = f64x2.add(c2_0, f64x2.mul(a2, b0));
      c2_1 = f64x2.add(c2_1, f64x2.mul(a2, b1));
      const a3 = v128.load64_splat(a, 24);
      c3_0 = f64x2.add(c3_0, f64x2.mul(a3, b0));
      c3_1 = f64x2.add(c3_1, f64x2.mul(a3, b1));
      const a4 = v128.load64_splat(a, 32);
      c4_0 = f64x2.add(c4_0, f64x2.mul(a4, b0));
      c4_1 = f64x2.add(c4_1, f64x2.mul(a4, b1));
      const a5 = v128.load64_splat(a, 40);
      c5_0 = f64x2.add(c5_0, f64x2.mul(a5, b0));
      c5_1 = f64x2.add(c5_1, f64x2.mul(a5, b1));
      a += 48;
      b += 32;
    }
    const scale = f64x2.splat(alpha);
    if (mode == STORE) {
      const x0_0 = f64x2.mul(c0_0, scale);
      const x0_1 = f64x2.mul(c0_1, scale);
      v128.store(c, x0_0, 0);
      v128.store(c, x0_1, 16);
      c += rowBytes;
      const x1_0 = f64x2.mul(c1_0, scale);
      const x1_1 = f64x2.mul(c1_1, scale);
      v128.store(c, x1_0, 0);
      v128.store(c, x1_1, 16);
      c += rowBytes;
      const x2_0 = f64x2.mul(c2_0, scale);
      const x2_1 = f64x2.mul(c2_1, scale);
      v128.store(c, x2_0, 0);
      v128.store(c, x2_1, 16);
      c += rowBytes;
      const x3_0 = f64x2.mul(c3_0, scale);
      const x3_1 = f64x2.mul(c3_1, scale);
      v128.store(c, x3_0, 0);
      v128.store(c, x3_1, 16);
      c += rowBytes;
      const x4_0 = f64x2.mul(c4_0, scale);
      const x4_1 = f64x2.mul(c4_1, scale);
      v128.store(c, x4_0, 0);
      v128.store(c, x4_1, 16);
      c += rowBytes;
      const x5_0 = f64x2.mul(c5_0, scale);
      const x5_1 = f64x2.mul(c5_1, scale);
      v128.store(c, x5_0, 0);
      v128.store(c, x5_1, 16);
    } else if (mode == ADD) {
      const x0_0 = f64x2.add(v128.load(c, 0), f64x2.mul(c0_0, scale));
      const x0_1 = f64x2.add(v128.load(c, 16), f64x2.mul(c0_1, scale));
      v128.store(c, x0_0, 0);
      v128.store(c, x0_1, 16);
      c += rowBytes;
      const x1_0 = f64x2.add(v128.load(c, 0), f64x2.mul(c1_0, scale));
      const x1_1 = f64x2.add(v128.load(c, 16), f64x2.mul(c1_1, scale));
      v128.store(c, x1_0, 0);
      v128.store(c, x1_1, 16);
      c += rowBytes;
      const x2_0 = f64x2.add(v128.load(c, 0), f64x2.mul(c2_0, scale));
      const x2_1 = f64x2.add(v128.load(c, 16), f64x2.mul(c2_1, scale));
      v128.store(c, x2_0, 0);
      v128.store(c, x2_1, 16);
      c += rowBytes;
      const x3_0 = f64x2.add(v128.load(c, 0), f64x2.mul(c3_0, scale));
      const x3_1 = f64x2.add(v128.load(c, 16), f64x2.mul(c3_1, scale));
      v128.store(c, x3_0, 0);
      v128.store(c, x3_1, 16);
      c += rowBytes;
      const x4_0 = f64x2.add(v128.load(c, 0), f64x2.mul(c4_0, scale));
      const x4_1 = f64x2.add(v128.load(c, 16), f64x2.mul(c4_1, scale));
      v128.store(c, x4_0, 0);
      v128.store(c, x4_1, 16);
      c += rowBytes;
      const x5_0 = f64x2.add(v128.load(c, 0), f64x2.mul(c5_0, scale));
      const x5_1 = f64x2.add(v128.load(c, 16), f64x2.mul(c5_1, scale));
      v128.store(c, x5_0, 0);
      v128.store(c, x5_1, 16);
    } else {
      const keep = f64x2.splat(beta);
      const x0_0 = f64x2.add(f64x2.mul(v128.load(c, 0), keep), f64x2.mul(c0_0, scale));
      const x0_1 = f64x2.add(f64x2.mul(v128.load(c, 16), keep), f64x2.mul(c0_1, scale));
      v128.store(c, x0_0, 0);
      v128.store(c, x0_1, 16);
      c += rowBytes;
      const x1_0 = f64x2.add(f64x2.mul(v128.load(c, 0), keep), f64x2.mul(c1_0, scale));
      const x1_1 = f64x2.add(f64x2.mul(v128.load(c, 16), keep), f64x2.mul(c1_1, scale));
      v128.store(c, x1_0, 0);
      v128.store(c, x1_1, 16);
      c += rowBytes;
      const x2_0 = f64x2.add(f64x2.mul(v128.load(c, 0), keep), f64x2.mul(c2_0, scale));
      const x2_1 = f64x2.add(f64x2.mul(v128.load(c, 16), keep), f64x2.mul(c2_1, scale));
      v128.store(c, x2_0, 0);
      v128.store(c, x2_1, 16);
      c += rowBytes;
      const x3_0 = f64x2.add(f64x2.mul(v128.load(c, 0), keep), f64x2.mul(c3_0, scale));
      const x3_1 = f64x2.add(f64x2.mul(v128.load(c, 16), keep), f64x2.mul(c3_1, scale));
      v128.store(c, x3_0, 0);
      v128.store(c, x3_1, 16);
      c += rowBytes;
      const x4_0 = f64x2.add(f64x2.mul(v128.load(c, 0), keep), f64x2.mul(c4_0, scale));
      const x4_1 = f64x2.add(f64x2.mul(v128.load(c, 16), keep), f64x2.mul(c4_1, scale));
      v128.store(c, x4_0, 0);
      v128.store(c, x4_1, 16);
      c += rowBytes;
      const x5_0 = f64x2.add(f64x2.mul(v128.load(c, 0), keep), f64x2.mul(c5_0, scale));
      const x5_1 = f64x2.add(f64x2.mul(v128.load(c, 16), keep), f64x2.mul(c5_1, scale));
      v128.store(c, x5_0, 0);
      v128.store(c, x5_1, 16);
    }
  }

  /** Packs 6 adjacent elements a step: a micro-panel of A whose rows are contiguous in memory (A transposed). */
  copyA(k: i32, source: usize, stepBytes: usize, target: usize): void {
    for (; k > 0; --k) {
      v128.store(target, v128.load(source, 0), 0);
      v128.store(target, v128.load(source, 16), 16);
      v128.store(target, v128.load(source, 32), 32);
      source += stepBytes;
      target += 48;
    }
  }

  /** Packs 4 adjacent elements a step: a micro-panel of B whose columns are contiguous in memory. */
  copyB(k: i32, source: usize, stepBytes: usize, target: usize): void {
    for (; k > 0; --k) {
      v128.store(target, v128.load(source, 0), 0);
      v128.store(target, v128.load(source, 16), 16);
      source += stepBytes;
      target += 32;
    }
  }
}
