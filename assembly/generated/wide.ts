// Written by scripts/generate-kernels.mjs from scripts/kernel-table.mjs: change those, not this.
/** The wide processor. */
import { inner } from '../inner';
import { gemm } from '../gemm';
import { mergeAll, scale } from '../merge';
import { packB } from '../pack-b';
import { row } from '../row';
import { small } from '../small';
import { spread } from '../spread';
import { sum } from '../sum';
import { GemmUkrF326x16Fma } from './gemm-ukr-f32-6x16-fma';
import { MinPlusUkrF324x16Fma } from './min-plus-ukr-f32-4x16-fma';
import { MaxPlusUkrF324x16Fma } from './max-plus-ukr-f32-4x16-fma';
import { MaxMinUkrF324x16 } from './max-min-ukr-f32-4x16';
import { OrAndUkrF324x16 } from './or-and-ukr-f32-4x16';
import { GemmUkrF324x16Fma } from './gemm-ukr-f32-4x16-fma';
import { GemmUkrF646x8Fma } from './gemm-ukr-f64-6x8-fma';
import { MinPlusUkrF644x8Fma } from './min-plus-ukr-f64-4x8-fma';
import { MaxPlusUkrF644x8Fma } from './max-plus-ukr-f64-4x8-fma';
import { MaxMinUkrF644x8 } from './max-min-ukr-f64-4x8';
import { OrAndUkrF644x8 } from './or-and-ukr-f64-4x8';
import { GemmUkrF644x8Fma } from './gemm-ukr-f64-4x8-fma';
import { GemmUkrI324x16 } from './gemm-ukr-i32-4x16';
import { DotUkrI324x16 } from './dot-ukr-i32-4x16';
import { MinPlusUkrI324x16 } from './min-plus-ukr-i32-4x16';
import { MaxPlusUkrI324x16 } from './max-plus-ukr-i32-4x16';
import { MaxMinUkrI324x16 } from './max-min-ukr-i32-4x16';
import { OrAndUkrI324x16 } from './or-and-ukr-i32-4x16';

export { abi } from '../abi';
/** Says that this needs relaxed SIMD. */
export const relaxed_simd: i32 = 1;

export function pack_float32_6x16(k: i32, n: i32, b: usize, rowStride: i32, columnStride: i32, target: usize): void {
  packB<f32, GemmUkrF326x16Fma>(k, n, b, rowStride, columnStride, target);
}
export function inner_float32_6x16(k: i32, alpha: f64, a: usize, b: usize, sums: usize, kc: i32): void {
  inner<f32, GemmUkrF326x16Fma>(k, <f32>alpha, a, b, sums, kc);
}

export function small_float32_6x16(
  m: i32, n: i32, k: i32, alpha: f64, a: usize, aRowStride: i32, b: usize, bRowStride: i32,
  beta: f64, c: usize, cRowStride: i32, workspace: usize,
): void {
  small<f32, GemmUkrF326x16Fma>(
    m, n, k, <f32>alpha, a, aRowStride, b, bRowStride, <f32>beta, c, cRowStride, workspace,
  );
}

export function row_float32_6x16(
  n: i32, k: i32, alpha: f64, a: usize, aStride: i32, b: usize, rowStride: i32, columnStride: i32,
  beta: f64, c: usize, cStride: i32, sums: usize, kc: i32,
): void {
  row<f32, GemmUkrF326x16Fma>(
    n, k, <f32>alpha, a, aStride, b, rowStride, columnStride, <f32>beta, c, cStride, sums, kc,
  );
}

export function sum_float32_6x16(
  rows: i32, columns: i32, table: usize, count: i32, rowStride: i32, target: usize, targetStride: i32,
): void {
  sum<f32>(rows, columns, table, count, rowStride, target, targetStride);
}
export function spread_float32_6x16(
  m: i32, n: i32, k: i32, alpha: f64, a: usize, aRowStride: i32, aColumnStride: i32, packed: usize,
  beta: f64, table: usize, count: i32, targetStride: i32, workspace: usize,
): void {
  spread<f32, GemmUkrF326x16Fma>(
    m, n, k, <f32>alpha, a, aRowStride, aColumnStride, packed,
    <f32>beta, table, count, targetStride, workspace,
  );
}
export function gemm_float32_6x16(
  m: i32, n: i32, k: i32, alpha: f64, a: usize, aRowStride: i32, aColumnStride: i32,
  packed: usize, packedColumns: i32, firstColumn: i32,
  beta: f64, c: usize, cRowStride: i32, cColumnStride: i32, workspace: usize, mc: i32, kc: i32,
): void {
  gemm<f32, GemmUkrF326x16Fma>(
    m, n, k, <f32>alpha, a, aRowStride, aColumnStride, packed, packedColumns, firstColumn,
    <f32>beta, c, cRowStride, cColumnStride, workspace, mc, kc,
  );
}
export function merge_gemm_float32_6x16(
  m: i32, n: i32, source: usize, count: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32, stepBytes: usize,
): void {
  mergeAll<f32, GemmUkrF326x16Fma>(m, n, source, count, <f32>beta, c, rowStride, columnStride, stepBytes);
}

export function scale_gemm_float32_6x16(m: i32, n: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32): void {
  scale<f32, GemmUkrF326x16Fma>(m, n, <f32>beta, c, rowStride, columnStride);
}
export function min_plus_float32_6x16(
  m: i32, n: i32, k: i32, alpha: f64, a: usize, aRowStride: i32, aColumnStride: i32,
  packed: usize, packedColumns: i32, firstColumn: i32,
  beta: f64, c: usize, cRowStride: i32, cColumnStride: i32, workspace: usize, mc: i32, kc: i32,
): void {
  gemm<f32, MinPlusUkrF324x16Fma>(
    m, n, k, <f32>alpha, a, aRowStride, aColumnStride, packed, packedColumns, firstColumn,
    <f32>beta, c, cRowStride, cColumnStride, workspace, mc, kc,
  );
}
export function merge_min_plus_float32_6x16(
  m: i32, n: i32, source: usize, count: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32, stepBytes: usize,
): void {
  mergeAll<f32, MinPlusUkrF324x16Fma>(m, n, source, count, <f32>beta, c, rowStride, columnStride, stepBytes);
}

export function scale_min_plus_float32_6x16(m: i32, n: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32): void {
  scale<f32, MinPlusUkrF324x16Fma>(m, n, <f32>beta, c, rowStride, columnStride);
}
export function max_plus_float32_6x16(
  m: i32, n: i32, k: i32, alpha: f64, a: usize, aRowStride: i32, aColumnStride: i32,
  packed: usize, packedColumns: i32, firstColumn: i32,
  beta: f64, c: usize, cRowStride: i32, cColumnStride: i32, workspace: usize, mc: i32, kc: i32,
): void {
  gemm<f32, MaxPlusUkrF324x16Fma>(
    m, n, k, <f32>alpha, a, aRowStride, aColumnStride, packed, packedColumns, firstColumn,
    <f32>beta, c, cRowStride, cColumnStride, workspace, mc, kc,
  );
}
export function merge_max_plus_float32_6x16(
  m: i32, n: i32, source: usize, count: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32, stepBytes: usize,
): void {
  mergeAll<f32, MaxPlusUkrF324x16Fma>(m, n, source, count, <f32>beta, c, rowStride, columnStride, stepBytes);
}

export function scale_max_plus_float32_6x16(m: i32, n: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32): void {
  scale<f32, MaxPlusUkrF324x16Fma>(m, n, <f32>beta, c, rowStride, columnStride);
}
export function max_min_float32_6x16(
  m: i32, n: i32, k: i32, alpha: f64, a: usize, aRowStride: i32, aColumnStride: i32,
  packed: usize, packedColumns: i32, firstColumn: i32,
  beta: f64, c: usize, cRowStride: i32, cColumnStride: i32, workspace: usize, mc: i32, kc: i32,
): void {
  gemm<f32, MaxMinUkrF324x16>(
    m, n, k, <f32>alpha, a, aRowStride, aColumnStride, packed, packedColumns, firstColumn,
    <f32>beta, c, cRowStride, cColumnStride, workspace, mc, kc,
  );
}
export function merge_max_min_float32_6x16(
  m: i32, n: i32, source: usize, count: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32, stepBytes: usize,
): void {
  mergeAll<f32, MaxMinUkrF324x16>(m, n, source, count, <f32>beta, c, rowStride, columnStride, stepBytes);
}

export function scale_max_min_float32_6x16(m: i32, n: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32): void {
  scale<f32, MaxMinUkrF324x16>(m, n, <f32>beta, c, rowStride, columnStride);
}
export function or_and_float32_6x16(
  m: i32, n: i32, k: i32, alpha: f64, a: usize, aRowStride: i32, aColumnStride: i32,
  packed: usize, packedColumns: i32, firstColumn: i32,
  beta: f64, c: usize, cRowStride: i32, cColumnStride: i32, workspace: usize, mc: i32, kc: i32,
): void {
  gemm<f32, OrAndUkrF324x16>(
    m, n, k, <f32>alpha, a, aRowStride, aColumnStride, packed, packedColumns, firstColumn,
    <f32>beta, c, cRowStride, cColumnStride, workspace, mc, kc,
  );
}
export function merge_or_and_float32_6x16(
  m: i32, n: i32, source: usize, count: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32, stepBytes: usize,
): void {
  mergeAll<f32, OrAndUkrF324x16>(m, n, source, count, <f32>beta, c, rowStride, columnStride, stepBytes);
}

export function scale_or_and_float32_6x16(m: i32, n: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32): void {
  scale<f32, OrAndUkrF324x16>(m, n, <f32>beta, c, rowStride, columnStride);
}

export function pack_float32_4x16(k: i32, n: i32, b: usize, rowStride: i32, columnStride: i32, target: usize): void {
  packB<f32, GemmUkrF324x16Fma>(k, n, b, rowStride, columnStride, target);
}
export function inner_float32_4x16(k: i32, alpha: f64, a: usize, b: usize, sums: usize, kc: i32): void {
  inner<f32, GemmUkrF324x16Fma>(k, <f32>alpha, a, b, sums, kc);
}

export function small_float32_4x16(
  m: i32, n: i32, k: i32, alpha: f64, a: usize, aRowStride: i32, b: usize, bRowStride: i32,
  beta: f64, c: usize, cRowStride: i32, workspace: usize,
): void {
  small<f32, GemmUkrF324x16Fma>(
    m, n, k, <f32>alpha, a, aRowStride, b, bRowStride, <f32>beta, c, cRowStride, workspace,
  );
}

export function row_float32_4x16(
  n: i32, k: i32, alpha: f64, a: usize, aStride: i32, b: usize, rowStride: i32, columnStride: i32,
  beta: f64, c: usize, cStride: i32, sums: usize, kc: i32,
): void {
  row<f32, GemmUkrF324x16Fma>(
    n, k, <f32>alpha, a, aStride, b, rowStride, columnStride, <f32>beta, c, cStride, sums, kc,
  );
}

export function sum_float32_4x16(
  rows: i32, columns: i32, table: usize, count: i32, rowStride: i32, target: usize, targetStride: i32,
): void {
  sum<f32>(rows, columns, table, count, rowStride, target, targetStride);
}
export function spread_float32_4x16(
  m: i32, n: i32, k: i32, alpha: f64, a: usize, aRowStride: i32, aColumnStride: i32, packed: usize,
  beta: f64, table: usize, count: i32, targetStride: i32, workspace: usize,
): void {
  spread<f32, GemmUkrF324x16Fma>(
    m, n, k, <f32>alpha, a, aRowStride, aColumnStride, packed,
    <f32>beta, table, count, targetStride, workspace,
  );
}
export function gemm_float32_4x16(
  m: i32, n: i32, k: i32, alpha: f64, a: usize, aRowStride: i32, aColumnStride: i32,
  packed: usize, packedColumns: i32, firstColumn: i32,
  beta: f64, c: usize, cRowStride: i32, cColumnStride: i32, workspace: usize, mc: i32, kc: i32,
): void {
  gemm<f32, GemmUkrF324x16Fma>(
    m, n, k, <f32>alpha, a, aRowStride, aColumnStride, packed, packedColumns, firstColumn,
    <f32>beta, c, cRowStride, cColumnStride, workspace, mc, kc,
  );
}
export function merge_gemm_float32_4x16(
  m: i32, n: i32, source: usize, count: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32, stepBytes: usize,
): void {
  mergeAll<f32, GemmUkrF324x16Fma>(m, n, source, count, <f32>beta, c, rowStride, columnStride, stepBytes);
}

export function scale_gemm_float32_4x16(m: i32, n: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32): void {
  scale<f32, GemmUkrF324x16Fma>(m, n, <f32>beta, c, rowStride, columnStride);
}
export function min_plus_float32_4x16(
  m: i32, n: i32, k: i32, alpha: f64, a: usize, aRowStride: i32, aColumnStride: i32,
  packed: usize, packedColumns: i32, firstColumn: i32,
  beta: f64, c: usize, cRowStride: i32, cColumnStride: i32, workspace: usize, mc: i32, kc: i32,
): void {
  gemm<f32, MinPlusUkrF324x16Fma>(
    m, n, k, <f32>alpha, a, aRowStride, aColumnStride, packed, packedColumns, firstColumn,
    <f32>beta, c, cRowStride, cColumnStride, workspace, mc, kc,
  );
}
export function merge_min_plus_float32_4x16(
  m: i32, n: i32, source: usize, count: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32, stepBytes: usize,
): void {
  mergeAll<f32, MinPlusUkrF324x16Fma>(m, n, source, count, <f32>beta, c, rowStride, columnStride, stepBytes);
}

export function scale_min_plus_float32_4x16(m: i32, n: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32): void {
  scale<f32, MinPlusUkrF324x16Fma>(m, n, <f32>beta, c, rowStride, columnStride);
}
export function max_plus_float32_4x16(
  m: i32, n: i32, k: i32, alpha: f64, a: usize, aRowStride: i32, aColumnStride: i32,
  packed: usize, packedColumns: i32, firstColumn: i32,
  beta: f64, c: usize, cRowStride: i32, cColumnStride: i32, workspace: usize, mc: i32, kc: i32,
): void {
  gemm<f32, MaxPlusUkrF324x16Fma>(
    m, n, k, <f32>alpha, a, aRowStride, aColumnStride, packed, packedColumns, firstColumn,
    <f32>beta, c, cRowStride, cColumnStride, workspace, mc, kc,
  );
}
export function merge_max_plus_float32_4x16(
  m: i32, n: i32, source: usize, count: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32, stepBytes: usize,
): void {
  mergeAll<f32, MaxPlusUkrF324x16Fma>(m, n, source, count, <f32>beta, c, rowStride, columnStride, stepBytes);
}

export function scale_max_plus_float32_4x16(m: i32, n: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32): void {
  scale<f32, MaxPlusUkrF324x16Fma>(m, n, <f32>beta, c, rowStride, columnStride);
}
export function max_min_float32_4x16(
  m: i32, n: i32, k: i32, alpha: f64, a: usize, aRowStride: i32, aColumnStride: i32,
  packed: usize, packedColumns: i32, firstColumn: i32,
  beta: f64, c: usize, cRowStride: i32, cColumnStride: i32, workspace: usize, mc: i32, kc: i32,
): void {
  gemm<f32, MaxMinUkrF324x16>(
    m, n, k, <f32>alpha, a, aRowStride, aColumnStride, packed, packedColumns, firstColumn,
    <f32>beta, c, cRowStride, cColumnStride, workspace, mc, kc,
  );
}
export function merge_max_min_float32_4x16(
  m: i32, n: i32, source: usize, count: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32, stepBytes: usize,
): void {
  mergeAll<f32, MaxMinUkrF324x16>(m, n, source, count, <f32>beta, c, rowStride, columnStride, stepBytes);
}

export function scale_max_min_float32_4x16(m: i32, n: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32): void {
  scale<f32, MaxMinUkrF324x16>(m, n, <f32>beta, c, rowStride, columnStride);
}
export function or_and_float32_4x16(
  m: i32, n: i32, k: i32, alpha: f64, a: usize, aRowStride: i32, aColumnStride: i32,
  packed: usize, packedColumns: i32, firstColumn: i32,
  beta: f64, c: usize, cRowStride: i32, cColumnStride: i32, workspace: usize, mc: i32, kc: i32,
): void {
  gemm<f32, OrAndUkrF324x16>(
    m, n, k, <f32>alpha, a, aRowStride, aColumnStride, packed, packedColumns, firstColumn,
    <f32>beta, c, cRowStride, cColumnStride, workspace, mc, kc,
  );
}
export function merge_or_and_float32_4x16(
  m: i32, n: i32, source: usize, count: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32, stepBytes: usize,
): void {
  mergeAll<f32, OrAndUkrF324x16>(m, n, source, count, <f32>beta, c, rowStride, columnStride, stepBytes);
}

export function scale_or_and_float32_4x16(m: i32, n: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32): void {
  scale<f32, OrAndUkrF324x16>(m, n, <f32>beta, c, rowStride, columnStride);
}

export function pack_float64_6x8(k: i32, n: i32, b: usize, rowStride: i32, columnStride: i32, target: usize): void {
  packB<f64, GemmUkrF646x8Fma>(k, n, b, rowStride, columnStride, target);
}
export function inner_float64_6x8(k: i32, alpha: f64, a: usize, b: usize, sums: usize, kc: i32): void {
  inner<f64, GemmUkrF646x8Fma>(k, <f64>alpha, a, b, sums, kc);
}

export function small_float64_6x8(
  m: i32, n: i32, k: i32, alpha: f64, a: usize, aRowStride: i32, b: usize, bRowStride: i32,
  beta: f64, c: usize, cRowStride: i32, workspace: usize,
): void {
  small<f64, GemmUkrF646x8Fma>(
    m, n, k, <f64>alpha, a, aRowStride, b, bRowStride, <f64>beta, c, cRowStride, workspace,
  );
}

export function row_float64_6x8(
  n: i32, k: i32, alpha: f64, a: usize, aStride: i32, b: usize, rowStride: i32, columnStride: i32,
  beta: f64, c: usize, cStride: i32, sums: usize, kc: i32,
): void {
  row<f64, GemmUkrF646x8Fma>(
    n, k, <f64>alpha, a, aStride, b, rowStride, columnStride, <f64>beta, c, cStride, sums, kc,
  );
}

export function sum_float64_6x8(
  rows: i32, columns: i32, table: usize, count: i32, rowStride: i32, target: usize, targetStride: i32,
): void {
  sum<f64>(rows, columns, table, count, rowStride, target, targetStride);
}
export function spread_float64_6x8(
  m: i32, n: i32, k: i32, alpha: f64, a: usize, aRowStride: i32, aColumnStride: i32, packed: usize,
  beta: f64, table: usize, count: i32, targetStride: i32, workspace: usize,
): void {
  spread<f64, GemmUkrF646x8Fma>(
    m, n, k, <f64>alpha, a, aRowStride, aColumnStride, packed,
    <f64>beta, table, count, targetStride, workspace,
  );
}
export function gemm_float64_6x8(
  m: i32, n: i32, k: i32, alpha: f64, a: usize, aRowStride: i32, aColumnStride: i32,
  packed: usize, packedColumns: i32, firstColumn: i32,
  beta: f64, c: usize, cRowStride: i32, cColumnStride: i32, workspace: usize, mc: i32, kc: i32,
): void {
  gemm<f64, GemmUkrF646x8Fma>(
    m, n, k, <f64>alpha, a, aRowStride, aColumnStride, packed, packedColumns, firstColumn,
    <f64>beta, c, cRowStride, cColumnStride, workspace, mc, kc,
  );
}
export function merge_gemm_float64_6x8(
  m: i32, n: i32, source: usize, count: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32, stepBytes: usize,
): void {
  mergeAll<f64, GemmUkrF646x8Fma>(m, n, source, count, <f64>beta, c, rowStride, columnStride, stepBytes);
}

export function scale_gemm_float64_6x8(m: i32, n: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32): void {
  scale<f64, GemmUkrF646x8Fma>(m, n, <f64>beta, c, rowStride, columnStride);
}
export function min_plus_float64_6x8(
  m: i32, n: i32, k: i32, alpha: f64, a: usize, aRowStride: i32, aColumnStride: i32,
  packed: usize, packedColumns: i32, firstColumn: i32,
  beta: f64, c: usize, cRowStride: i32, cColumnStride: i32, workspace: usize, mc: i32, kc: i32,
): void {
  gemm<f64, MinPlusUkrF644x8Fma>(
    m, n, k, <f64>alpha, a, aRowStride, aColumnStride, packed, packedColumns, firstColumn,
    <f64>beta, c, cRowStride, cColumnStride, workspace, mc, kc,
  );
}
export function merge_min_plus_float64_6x8(
  m: i32, n: i32, source: usize, count: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32, stepBytes: usize,
): void {
  mergeAll<f64, MinPlusUkrF644x8Fma>(m, n, source, count, <f64>beta, c, rowStride, columnStride, stepBytes);
}

export function scale_min_plus_float64_6x8(m: i32, n: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32): void {
  scale<f64, MinPlusUkrF644x8Fma>(m, n, <f64>beta, c, rowStride, columnStride);
}
export function max_plus_float64_6x8(
  m: i32, n: i32, k: i32, alpha: f64, a: usize, aRowStride: i32, aColumnStride: i32,
  packed: usize, packedColumns: i32, firstColumn: i32,
  beta: f64, c: usize, cRowStride: i32, cColumnStride: i32, workspace: usize, mc: i32, kc: i32,
): void {
  gemm<f64, MaxPlusUkrF644x8Fma>(
    m, n, k, <f64>alpha, a, aRowStride, aColumnStride, packed, packedColumns, firstColumn,
    <f64>beta, c, cRowStride, cColumnStride, workspace, mc, kc,
  );
}
export function merge_max_plus_float64_6x8(
  m: i32, n: i32, source: usize, count: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32, stepBytes: usize,
): void {
  mergeAll<f64, MaxPlusUkrF644x8Fma>(m, n, source, count, <f64>beta, c, rowStride, columnStride, stepBytes);
}

export function scale_max_plus_float64_6x8(m: i32, n: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32): void {
  scale<f64, MaxPlusUkrF644x8Fma>(m, n, <f64>beta, c, rowStride, columnStride);
}
export function max_min_float64_6x8(
  m: i32, n: i32, k: i32, alpha: f64, a: usize, aRowStride: i32, aColumnStride: i32,
  packed: usize, packedColumns: i32, firstColumn: i32,
  beta: f64, c: usize, cRowStride: i32, cColumnStride: i32, workspace: usize, mc: i32, kc: i32,
): void {
  gemm<f64, MaxMinUkrF644x8>(
    m, n, k, <f64>alpha, a, aRowStride, aColumnStride, packed, packedColumns, firstColumn,
    <f64>beta, c, cRowStride, cColumnStride, workspace, mc, kc,
  );
}
export function merge_max_min_float64_6x8(
  m: i32, n: i32, source: usize, count: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32, stepBytes: usize,
): void {
  mergeAll<f64, MaxMinUkrF644x8>(m, n, source, count, <f64>beta, c, rowStride, columnStride, stepBytes);
}

export function scale_max_min_float64_6x8(m: i32, n: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32): void {
  scale<f64, MaxMinUkrF644x8>(m, n, <f64>beta, c, rowStride, columnStride);
}
export function or_and_float64_6x8(
  m: i32, n: i32, k: i32, alpha: f64, a: usize, aRowStride: i32, aColumnStride: i32,
  packed: usize, packedColumns: i32, firstColumn: i32,
  beta: f64, c: usize, cRowStride: i32, cColumnStride: i32, workspace: usize, mc: i32, kc: i32,
): void {
  gemm<f64, OrAndUkrF644x8>(
    m, n, k, <f64>alpha, a, aRowStride, aColumnStride, packed, packedColumns, firstColumn,
    <f64>beta, c, cRowStride, cColumnStride, workspace, mc, kc,
  );
}
export function merge_or_and_float64_6x8(
  m: i32, n: i32, source: usize, count: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32, stepBytes: usize,
): void {
  mergeAll<f64, OrAndUkrF644x8>(m, n, source, count, <f64>beta, c, rowStride, columnStride, stepBytes);
}

export function scale_or_and_float64_6x8(m: i32, n: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32): void {
  scale<f64, OrAndUkrF644x8>(m, n, <f64>beta, c, rowStride, columnStride);
}

export function pack_float64_4x8(k: i32, n: i32, b: usize, rowStride: i32, columnStride: i32, target: usize): void {
  packB<f64, GemmUkrF644x8Fma>(k, n, b, rowStride, columnStride, target);
}
export function inner_float64_4x8(k: i32, alpha: f64, a: usize, b: usize, sums: usize, kc: i32): void {
  inner<f64, GemmUkrF644x8Fma>(k, <f64>alpha, a, b, sums, kc);
}

export function small_float64_4x8(
  m: i32, n: i32, k: i32, alpha: f64, a: usize, aRowStride: i32, b: usize, bRowStride: i32,
  beta: f64, c: usize, cRowStride: i32, workspace: usize,
): void {
  small<f64, GemmUkrF644x8Fma>(
    m, n, k, <f64>alpha, a, aRowStride, b, bRowStride, <f64>beta, c, cRowStride, workspace,
  );
}

export function row_float64_4x8(
  n: i32, k: i32, alpha: f64, a: usize, aStride: i32, b: usize, rowStride: i32, columnStride: i32,
  beta: f64, c: usize, cStride: i32, sums: usize, kc: i32,
): void {
  row<f64, GemmUkrF644x8Fma>(
    n, k, <f64>alpha, a, aStride, b, rowStride, columnStride, <f64>beta, c, cStride, sums, kc,
  );
}

export function sum_float64_4x8(
  rows: i32, columns: i32, table: usize, count: i32, rowStride: i32, target: usize, targetStride: i32,
): void {
  sum<f64>(rows, columns, table, count, rowStride, target, targetStride);
}
export function spread_float64_4x8(
  m: i32, n: i32, k: i32, alpha: f64, a: usize, aRowStride: i32, aColumnStride: i32, packed: usize,
  beta: f64, table: usize, count: i32, targetStride: i32, workspace: usize,
): void {
  spread<f64, GemmUkrF644x8Fma>(
    m, n, k, <f64>alpha, a, aRowStride, aColumnStride, packed,
    <f64>beta, table, count, targetStride, workspace,
  );
}
export function gemm_float64_4x8(
  m: i32, n: i32, k: i32, alpha: f64, a: usize, aRowStride: i32, aColumnStride: i32,
  packed: usize, packedColumns: i32, firstColumn: i32,
  beta: f64, c: usize, cRowStride: i32, cColumnStride: i32, workspace: usize, mc: i32, kc: i32,
): void {
  gemm<f64, GemmUkrF644x8Fma>(
    m, n, k, <f64>alpha, a, aRowStride, aColumnStride, packed, packedColumns, firstColumn,
    <f64>beta, c, cRowStride, cColumnStride, workspace, mc, kc,
  );
}
export function merge_gemm_float64_4x8(
  m: i32, n: i32, source: usize, count: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32, stepBytes: usize,
): void {
  mergeAll<f64, GemmUkrF644x8Fma>(m, n, source, count, <f64>beta, c, rowStride, columnStride, stepBytes);
}

export function scale_gemm_float64_4x8(m: i32, n: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32): void {
  scale<f64, GemmUkrF644x8Fma>(m, n, <f64>beta, c, rowStride, columnStride);
}
export function min_plus_float64_4x8(
  m: i32, n: i32, k: i32, alpha: f64, a: usize, aRowStride: i32, aColumnStride: i32,
  packed: usize, packedColumns: i32, firstColumn: i32,
  beta: f64, c: usize, cRowStride: i32, cColumnStride: i32, workspace: usize, mc: i32, kc: i32,
): void {
  gemm<f64, MinPlusUkrF644x8Fma>(
    m, n, k, <f64>alpha, a, aRowStride, aColumnStride, packed, packedColumns, firstColumn,
    <f64>beta, c, cRowStride, cColumnStride, workspace, mc, kc,
  );
}
export function merge_min_plus_float64_4x8(
  m: i32, n: i32, source: usize, count: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32, stepBytes: usize,
): void {
  mergeAll<f64, MinPlusUkrF644x8Fma>(m, n, source, count, <f64>beta, c, rowStride, columnStride, stepBytes);
}

export function scale_min_plus_float64_4x8(m: i32, n: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32): void {
  scale<f64, MinPlusUkrF644x8Fma>(m, n, <f64>beta, c, rowStride, columnStride);
}
export function max_plus_float64_4x8(
  m: i32, n: i32, k: i32, alpha: f64, a: usize, aRowStride: i32, aColumnStride: i32,
  packed: usize, packedColumns: i32, firstColumn: i32,
  beta: f64, c: usize, cRowStride: i32, cColumnStride: i32, workspace: usize, mc: i32, kc: i32,
): void {
  gemm<f64, MaxPlusUkrF644x8Fma>(
    m, n, k, <f64>alpha, a, aRowStride, aColumnStride, packed, packedColumns, firstColumn,
    <f64>beta, c, cRowStride, cColumnStride, workspace, mc, kc,
  );
}
export function merge_max_plus_float64_4x8(
  m: i32, n: i32, source: usize, count: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32, stepBytes: usize,
): void {
  mergeAll<f64, MaxPlusUkrF644x8Fma>(m, n, source, count, <f64>beta, c, rowStride, columnStride, stepBytes);
}

export function scale_max_plus_float64_4x8(m: i32, n: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32): void {
  scale<f64, MaxPlusUkrF644x8Fma>(m, n, <f64>beta, c, rowStride, columnStride);
}
export function max_min_float64_4x8(
  m: i32, n: i32, k: i32, alpha: f64, a: usize, aRowStride: i32, aColumnStride: i32,
  packed: usize, packedColumns: i32, firstColumn: i32,
  beta: f64, c: usize, cRowStride: i32, cColumnStride: i32, workspace: usize, mc: i32, kc: i32,
): void {
  gemm<f64, MaxMinUkrF644x8>(
    m, n, k, <f64>alpha, a, aRowStride, aColumnStride, packed, packedColumns, firstColumn,
    <f64>beta, c, cRowStride, cColumnStride, workspace, mc, kc,
  );
}
export function merge_max_min_float64_4x8(
  m: i32, n: i32, source: usize, count: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32, stepBytes: usize,
): void {
  mergeAll<f64, MaxMinUkrF644x8>(m, n, source, count, <f64>beta, c, rowStride, columnStride, stepBytes);
}

export function scale_max_min_float64_4x8(m: i32, n: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32): void {
  scale<f64, MaxMinUkrF644x8>(m, n, <f64>beta, c, rowStride, columnStride);
}
export function or_and_float64_4x8(
  m: i32, n: i32, k: i32, alpha: f64, a: usize, aRowStride: i32, aColumnStride: i32,
  packed: usize, packedColumns: i32, firstColumn: i32,
  beta: f64, c: usize, cRowStride: i32, cColumnStride: i32, workspace: usize, mc: i32, kc: i32,
): void {
  gemm<f64, OrAndUkrF644x8>(
    m, n, k, <f64>alpha, a, aRowStride, aColumnStride, packed, packedColumns, firstColumn,
    <f64>beta, c, cRowStride, cColumnStride, workspace, mc, kc,
  );
}
export function merge_or_and_float64_4x8(
  m: i32, n: i32, source: usize, count: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32, stepBytes: usize,
): void {
  mergeAll<f64, OrAndUkrF644x8>(m, n, source, count, <f64>beta, c, rowStride, columnStride, stepBytes);
}

export function scale_or_and_float64_4x8(m: i32, n: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32): void {
  scale<f64, OrAndUkrF644x8>(m, n, <f64>beta, c, rowStride, columnStride);
}

export function pack_int32_4x16(k: i32, n: i32, b: usize, rowStride: i32, columnStride: i32, target: usize): void {
  packB<i32, GemmUkrI324x16>(k, n, b, rowStride, columnStride, target);
}
export function inner_int32_4x16(k: i32, alpha: f64, a: usize, b: usize, sums: usize, kc: i32): void {
  inner<i32, GemmUkrI324x16>(k, <i32>alpha, a, b, sums, kc);
}

export function small_int32_4x16(
  m: i32, n: i32, k: i32, alpha: f64, a: usize, aRowStride: i32, b: usize, bRowStride: i32,
  beta: f64, c: usize, cRowStride: i32, workspace: usize,
): void {
  small<i32, GemmUkrI324x16>(
    m, n, k, <i32>alpha, a, aRowStride, b, bRowStride, <i32>beta, c, cRowStride, workspace,
  );
}

export function row_int32_4x16(
  n: i32, k: i32, alpha: f64, a: usize, aStride: i32, b: usize, rowStride: i32, columnStride: i32,
  beta: f64, c: usize, cStride: i32, sums: usize, kc: i32,
): void {
  row<i32, GemmUkrI324x16>(
    n, k, <i32>alpha, a, aStride, b, rowStride, columnStride, <i32>beta, c, cStride, sums, kc,
  );
}
export function gemm_int32_4x16(
  m: i32, n: i32, k: i32, alpha: f64, a: usize, aRowStride: i32, aColumnStride: i32,
  packed: usize, packedColumns: i32, firstColumn: i32,
  beta: f64, c: usize, cRowStride: i32, cColumnStride: i32, workspace: usize, mc: i32, kc: i32,
): void {
  gemm<i32, GemmUkrI324x16>(
    m, n, k, <i32>alpha, a, aRowStride, aColumnStride, packed, packedColumns, firstColumn,
    <i32>beta, c, cRowStride, cColumnStride, workspace, mc, kc,
  );
}
export function merge_gemm_int32_4x16(
  m: i32, n: i32, source: usize, count: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32, stepBytes: usize,
): void {
  mergeAll<i32, GemmUkrI324x16>(m, n, source, count, <i32>beta, c, rowStride, columnStride, stepBytes);
}

export function scale_gemm_int32_4x16(m: i32, n: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32): void {
  scale<i32, GemmUkrI324x16>(m, n, <i32>beta, c, rowStride, columnStride);
}
export function dot_int32_4x16(
  m: i32, n: i32, k: i32, alpha: f64, a: usize, aRowStride: i32, aColumnStride: i32,
  packed: usize, packedColumns: i32, firstColumn: i32,
  beta: f64, c: usize, cRowStride: i32, cColumnStride: i32, workspace: usize, mc: i32, kc: i32,
): void {
  gemm<i32, DotUkrI324x16>(
    m, n, k, <i32>alpha, a, aRowStride, aColumnStride, packed, packedColumns, firstColumn,
    <i32>beta, c, cRowStride, cColumnStride, workspace, mc, kc,
  );
}
export function merge_dot_int32_4x16(
  m: i32, n: i32, source: usize, count: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32, stepBytes: usize,
): void {
  mergeAll<i32, DotUkrI324x16>(m, n, source, count, <i32>beta, c, rowStride, columnStride, stepBytes);
}

export function scale_dot_int32_4x16(m: i32, n: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32): void {
  scale<i32, DotUkrI324x16>(m, n, <i32>beta, c, rowStride, columnStride);
}
export function min_plus_int32_4x16(
  m: i32, n: i32, k: i32, alpha: f64, a: usize, aRowStride: i32, aColumnStride: i32,
  packed: usize, packedColumns: i32, firstColumn: i32,
  beta: f64, c: usize, cRowStride: i32, cColumnStride: i32, workspace: usize, mc: i32, kc: i32,
): void {
  gemm<i32, MinPlusUkrI324x16>(
    m, n, k, <i32>alpha, a, aRowStride, aColumnStride, packed, packedColumns, firstColumn,
    <i32>beta, c, cRowStride, cColumnStride, workspace, mc, kc,
  );
}
export function merge_min_plus_int32_4x16(
  m: i32, n: i32, source: usize, count: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32, stepBytes: usize,
): void {
  mergeAll<i32, MinPlusUkrI324x16>(m, n, source, count, <i32>beta, c, rowStride, columnStride, stepBytes);
}

export function scale_min_plus_int32_4x16(m: i32, n: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32): void {
  scale<i32, MinPlusUkrI324x16>(m, n, <i32>beta, c, rowStride, columnStride);
}
export function max_plus_int32_4x16(
  m: i32, n: i32, k: i32, alpha: f64, a: usize, aRowStride: i32, aColumnStride: i32,
  packed: usize, packedColumns: i32, firstColumn: i32,
  beta: f64, c: usize, cRowStride: i32, cColumnStride: i32, workspace: usize, mc: i32, kc: i32,
): void {
  gemm<i32, MaxPlusUkrI324x16>(
    m, n, k, <i32>alpha, a, aRowStride, aColumnStride, packed, packedColumns, firstColumn,
    <i32>beta, c, cRowStride, cColumnStride, workspace, mc, kc,
  );
}
export function merge_max_plus_int32_4x16(
  m: i32, n: i32, source: usize, count: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32, stepBytes: usize,
): void {
  mergeAll<i32, MaxPlusUkrI324x16>(m, n, source, count, <i32>beta, c, rowStride, columnStride, stepBytes);
}

export function scale_max_plus_int32_4x16(m: i32, n: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32): void {
  scale<i32, MaxPlusUkrI324x16>(m, n, <i32>beta, c, rowStride, columnStride);
}
export function max_min_int32_4x16(
  m: i32, n: i32, k: i32, alpha: f64, a: usize, aRowStride: i32, aColumnStride: i32,
  packed: usize, packedColumns: i32, firstColumn: i32,
  beta: f64, c: usize, cRowStride: i32, cColumnStride: i32, workspace: usize, mc: i32, kc: i32,
): void {
  gemm<i32, MaxMinUkrI324x16>(
    m, n, k, <i32>alpha, a, aRowStride, aColumnStride, packed, packedColumns, firstColumn,
    <i32>beta, c, cRowStride, cColumnStride, workspace, mc, kc,
  );
}
export function merge_max_min_int32_4x16(
  m: i32, n: i32, source: usize, count: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32, stepBytes: usize,
): void {
  mergeAll<i32, MaxMinUkrI324x16>(m, n, source, count, <i32>beta, c, rowStride, columnStride, stepBytes);
}

export function scale_max_min_int32_4x16(m: i32, n: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32): void {
  scale<i32, MaxMinUkrI324x16>(m, n, <i32>beta, c, rowStride, columnStride);
}
export function or_and_int32_4x16(
  m: i32, n: i32, k: i32, alpha: f64, a: usize, aRowStride: i32, aColumnStride: i32,
  packed: usize, packedColumns: i32, firstColumn: i32,
  beta: f64, c: usize, cRowStride: i32, cColumnStride: i32, workspace: usize, mc: i32, kc: i32,
): void {
  gemm<i32, OrAndUkrI324x16>(
    m, n, k, <i32>alpha, a, aRowStride, aColumnStride, packed, packedColumns, firstColumn,
    <i32>beta, c, cRowStride, cColumnStride, workspace, mc, kc,
  );
}
export function merge_or_and_int32_4x16(
  m: i32, n: i32, source: usize, count: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32, stepBytes: usize,
): void {
  mergeAll<i32, OrAndUkrI324x16>(m, n, source, count, <i32>beta, c, rowStride, columnStride, stepBytes);
}

export function scale_or_and_int32_4x16(m: i32, n: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32): void {
  scale<i32, OrAndUkrI324x16>(m, n, <i32>beta, c, rowStride, columnStride);
}
