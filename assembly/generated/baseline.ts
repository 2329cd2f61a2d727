// Written by scripts/generate-kernels.mjs from scripts/kernel-table.mjs: change those, not this.
/** The baseline processor. */
import { gemm } from '../gemm';
import { scale } from '../merge';
import { packB } from '../pack-b';
import { row } from '../row';
import { GemmUkrF326x8 } from './gemm-ukr-f32-6x8';
import { GemmUkrF644x8 } from './gemm-ukr-f64-4x8';
import { GemmUkrI324x16 } from './gemm-ukr-i32-4x16';
import { MinPlusUkrF326x8 } from './min-plus-ukr-f32-6x8';
import { MinPlusUkrF644x8 } from './min-plus-ukr-f64-4x8';
import { MinPlusUkrI324x16 } from './min-plus-ukr-i32-4x16';
import { MaxPlusUkrF326x8 } from './max-plus-ukr-f32-6x8';
import { MaxPlusUkrF644x8 } from './max-plus-ukr-f64-4x8';
import { MaxPlusUkrI324x16 } from './max-plus-ukr-i32-4x16';
import { MaxMinUkrF326x8 } from './max-min-ukr-f32-6x8';
import { MaxMinUkrF644x8 } from './max-min-ukr-f64-4x8';
import { MaxMinUkrI324x16 } from './max-min-ukr-i32-4x16';
import { OrAndUkrF326x8 } from './or-and-ukr-f32-6x8';
import { OrAndUkrF644x8 } from './or-and-ukr-f64-4x8';
import { OrAndUkrI324x16 } from './or-and-ukr-i32-4x16';

export { abi } from '../abi';

export const mr_float32: i32 = 6;
export const nr_float32: i32 = 8;
export function pack_float32(k: i32, n: i32, b: usize, rowStride: i32, columnStride: i32, target: usize): void {
  packB<f32, GemmUkrF326x8>(k, n, b, rowStride, columnStride, target);
}
export function gemm_float32(
  m: i32, n: i32, k: i32, alpha: f64, a: usize, aRowStride: i32, aColumnStride: i32,
  packed: usize, packedColumns: i32, firstColumn: i32,
  beta: f64, c: usize, cRowStride: i32, cColumnStride: i32, workspace: usize, mc: i32, kc: i32,
): void {
  gemm<f32, GemmUkrF326x8>(
    m, n, k, <f32>alpha, a, aRowStride, aColumnStride, packed, packedColumns, firstColumn,
    <f32>beta, c, cRowStride, cColumnStride, workspace, mc, kc,
  );
}
export function row_float32(
  n: i32, k: i32, alpha: f64, a: usize, aStride: i32, b: usize, rowStride: i32, columnStride: i32,
  beta: f64, c: usize, cStride: i32, sums: usize, kc: i32,
): void {
  row<f32, GemmUkrF326x8>(
    n, k, <f32>alpha, a, aStride, b, rowStride, columnStride, <f32>beta, c, cStride, sums, kc,
  );
}
export function scale_gemm_float32(m: i32, n: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32): void {
  scale<f32, GemmUkrF326x8>(m, n, <f32>beta, c, rowStride, columnStride);
}

export const mr_float64: i32 = 4;
export const nr_float64: i32 = 8;
export function pack_float64(k: i32, n: i32, b: usize, rowStride: i32, columnStride: i32, target: usize): void {
  packB<f64, GemmUkrF644x8>(k, n, b, rowStride, columnStride, target);
}
export function gemm_float64(
  m: i32, n: i32, k: i32, alpha: f64, a: usize, aRowStride: i32, aColumnStride: i32,
  packed: usize, packedColumns: i32, firstColumn: i32,
  beta: f64, c: usize, cRowStride: i32, cColumnStride: i32, workspace: usize, mc: i32, kc: i32,
): void {
  gemm<f64, GemmUkrF644x8>(
    m, n, k, <f64>alpha, a, aRowStride, aColumnStride, packed, packedColumns, firstColumn,
    <f64>beta, c, cRowStride, cColumnStride, workspace, mc, kc,
  );
}
export function row_float64(
  n: i32, k: i32, alpha: f64, a: usize, aStride: i32, b: usize, rowStride: i32, columnStride: i32,
  beta: f64, c: usize, cStride: i32, sums: usize, kc: i32,
): void {
  row<f64, GemmUkrF644x8>(
    n, k, <f64>alpha, a, aStride, b, rowStride, columnStride, <f64>beta, c, cStride, sums, kc,
  );
}
export function scale_gemm_float64(m: i32, n: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32): void {
  scale<f64, GemmUkrF644x8>(m, n, <f64>beta, c, rowStride, columnStride);
}

export const mr_int32: i32 = 4;
export const nr_int32: i32 = 16;
export function pack_int32(k: i32, n: i32, b: usize, rowStride: i32, columnStride: i32, target: usize): void {
  packB<i32, GemmUkrI324x16>(k, n, b, rowStride, columnStride, target);
}
export function gemm_int32(
  m: i32, n: i32, k: i32, alpha: f64, a: usize, aRowStride: i32, aColumnStride: i32,
  packed: usize, packedColumns: i32, firstColumn: i32,
  beta: f64, c: usize, cRowStride: i32, cColumnStride: i32, workspace: usize, mc: i32, kc: i32,
): void {
  gemm<i32, GemmUkrI324x16>(
    m, n, k, <i32>alpha, a, aRowStride, aColumnStride, packed, packedColumns, firstColumn,
    <i32>beta, c, cRowStride, cColumnStride, workspace, mc, kc,
  );
}
export function row_int32(
  n: i32, k: i32, alpha: f64, a: usize, aStride: i32, b: usize, rowStride: i32, columnStride: i32,
  beta: f64, c: usize, cStride: i32, sums: usize, kc: i32,
): void {
  row<i32, GemmUkrI324x16>(
    n, k, <i32>alpha, a, aStride, b, rowStride, columnStride, <i32>beta, c, cStride, sums, kc,
  );
}
export function scale_gemm_int32(m: i32, n: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32): void {
  scale<i32, GemmUkrI324x16>(m, n, <i32>beta, c, rowStride, columnStride);
}

export function min_plus_float32(
  m: i32, n: i32, k: i32, alpha: f64, a: usize, aRowStride: i32, aColumnStride: i32,
  packed: usize, packedColumns: i32, firstColumn: i32,
  beta: f64, c: usize, cRowStride: i32, cColumnStride: i32, workspace: usize, mc: i32, kc: i32,
): void {
  gemm<f32, MinPlusUkrF326x8>(
    m, n, k, <f32>alpha, a, aRowStride, aColumnStride, packed, packedColumns, firstColumn,
    <f32>beta, c, cRowStride, cColumnStride, workspace, mc, kc,
  );
}
export function scale_min_plus_float32(m: i32, n: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32): void {
  scale<f32, MinPlusUkrF326x8>(m, n, <f32>beta, c, rowStride, columnStride);
}

export function min_plus_float64(
  m: i32, n: i32, k: i32, alpha: f64, a: usize, aRowStride: i32, aColumnStride: i32,
  packed: usize, packedColumns: i32, firstColumn: i32,
  beta: f64, c: usize, cRowStride: i32, cColumnStride: i32, workspace: usize, mc: i32, kc: i32,
): void {
  gemm<f64, MinPlusUkrF644x8>(
    m, n, k, <f64>alpha, a, aRowStride, aColumnStride, packed, packedColumns, firstColumn,
    <f64>beta, c, cRowStride, cColumnStride, workspace, mc, kc,
  );
}
export function scale_min_plus_float64(m: i32, n: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32): void {
  scale<f64, MinPlusUkrF644x8>(m, n, <f64>beta, c, rowStride, columnStride);
}

export function min_plus_int32(
  m: i32, n: i32, k: i32, alpha: f64, a: usize, aRowStride: i32, aColumnStride: i32,
  packed: usize, packedColumns: i32, firstColumn: i32,
  beta: f64, c: usize, cRowStride: i32, cColumnStride: i32, workspace: usize, mc: i32, kc: i32,
): void {
  gemm<i32, MinPlusUkrI324x16>(
    m, n, k, <i32>alpha, a, aRowStride, aColumnStride, packed, packedColumns, firstColumn,
    <i32>beta, c, cRowStride, cColumnStride, workspace, mc, kc,
  );
}
export function scale_min_plus_int32(m: i32, n: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32): void {
  scale<i32, MinPlusUkrI324x16>(m, n, <i32>beta, c, rowStride, columnStride);
}

export function max_plus_float32(
  m: i32, n: i32, k: i32, alpha: f64, a: usize, aRowStride: i32, aColumnStride: i32,
  packed: usize, packedColumns: i32, firstColumn: i32,
  beta: f64, c: usize, cRowStride: i32, cColumnStride: i32, workspace: usize, mc: i32, kc: i32,
): void {
  gemm<f32, MaxPlusUkrF326x8>(
    m, n, k, <f32>alpha, a, aRowStride, aColumnStride, packed, packedColumns, firstColumn,
    <f32>beta, c, cRowStride, cColumnStride, workspace, mc, kc,
  );
}
export function scale_max_plus_float32(m: i32, n: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32): void {
  scale<f32, MaxPlusUkrF326x8>(m, n, <f32>beta, c, rowStride, columnStride);
}

export function max_plus_float64(
  m: i32, n: i32, k: i32, alpha: f64, a: usize, aRowStride: i32, aColumnStride: i32,
  packed: usize, packedColumns: i32, firstColumn: i32,
  beta: f64, c: usize, cRowStride: i32, cColumnStride: i32, workspace: usize, mc: i32, kc: i32,
): void {
  gemm<f64, MaxPlusUkrF644x8>(
    m, n, k, <f64>alpha, a, aRowStride, aColumnStride, packed, packedColumns, firstColumn,
    <f64>beta, c, cRowStride, cColumnStride, workspace, mc, kc,
  );
}
export function scale_max_plus_float64(m: i32, n: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32): void {
  scale<f64, MaxPlusUkrF644x8>(m, n, <f64>beta, c, rowStride, columnStride);
}

export function max_plus_int32(
  m: i32, n: i32, k: i32, alpha: f64, a: usize, aRowStride: i32, aColumnStride: i32,
  packed: usize, packedColumns: i32, firstColumn: i32,
  beta: f64, c: usize, cRowStride: i32, cColumnStride: i32, workspace: usize, mc: i32, kc: i32,
): void {
  gemm<i32, MaxPlusUkrI324x16>(
    m, n, k, <i32>alpha, a, aRowStride, aColumnStride, packed, packedColumns, firstColumn,
    <i32>beta, c, cRowStride, cColumnStride, workspace, mc, kc,
  );
}
export function scale_max_plus_int32(m: i32, n: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32): void {
  scale<i32, MaxPlusUkrI324x16>(m, n, <i32>beta, c, rowStride, columnStride);
}

export function max_min_float32(
  m: i32, n: i32, k: i32, alpha: f64, a: usize, aRowStride: i32, aColumnStride: i32,
  packed: usize, packedColumns: i32, firstColumn: i32,
  beta: f64, c: usize, cRowStride: i32, cColumnStride: i32, workspace: usize, mc: i32, kc: i32,
): void {
  gemm<f32, MaxMinUkrF326x8>(
    m, n, k, <f32>alpha, a, aRowStride, aColumnStride, packed, packedColumns, firstColumn,
    <f32>beta, c, cRowStride, cColumnStride, workspace, mc, kc,
  );
}
export function scale_max_min_float32(m: i32, n: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32): void {
  scale<f32, MaxMinUkrF326x8>(m, n, <f32>beta, c, rowStride, columnStride);
}

export function max_min_float64(
  m: i32, n: i32, k: i32, alpha: f64, a: usize, aRowStride: i32, aColumnStride: i32,
  packed: usize, packedColumns: i32, firstColumn: i32,
  beta: f64, c: usize, cRowStride: i32, cColumnStride: i32, workspace: usize, mc: i32, kc: i32,
): void {
  gemm<f64, MaxMinUkrF644x8>(
    m, n, k, <f64>alpha, a, aRowStride, aColumnStride, packed, packedColumns, firstColumn,
    <f64>beta, c, cRowStride, cColumnStride, workspace, mc, kc,
  );
}
export function scale_max_min_float64(m: i32, n: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32): void {
  scale<f64, MaxMinUkrF644x8>(m, n, <f64>beta, c, rowStride, columnStride);
}

export function max_min_int32(
  m: i32, n: i32, k: i32, alpha: f64, a: usize, aRowStride: i32, aColumnStride: i32,
  packed: usize, packedColumns: i32, firstColumn: i32,
  beta: f64, c: usize, cRowStride: i32, cColumnStride: i32, workspace: usize, mc: i32, kc: i32,
): void {
  gemm<i32, MaxMinUkrI324x16>(
    m, n, k, <i32>alpha, a, aRowStride, aColumnStride, packed, packedColumns, firstColumn,
    <i32>beta, c, cRowStride, cColumnStride, workspace, mc, kc,
  );
}
export function scale_max_min_int32(m: i32, n: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32): void {
  scale<i32, MaxMinUkrI324x16>(m, n, <i32>beta, c, rowStride, columnStride);
}

export function or_and_float32(
  m: i32, n: i32, k: i32, alpha: f64, a: usize, aRowStride: i32, aColumnStride: i32,
  packed: usize, packedColumns: i32, firstColumn: i32,
  beta: f64, c: usize, cRowStride: i32, cColumnStride: i32, workspace: usize, mc: i32, kc: i32,
): void {
  gemm<f32, OrAndUkrF326x8>(
    m, n, k, <f32>alpha, a, aRowStride, aColumnStride, packed, packedColumns, firstColumn,
    <f32>beta, c, cRowStride, cColumnStride, workspace, mc, kc,
  );
}
export function scale_or_and_float32(m: i32, n: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32): void {
  scale<f32, OrAndUkrF326x8>(m, n, <f32>beta, c, rowStride, columnStride);
}

export function or_and_float64(
  m: i32, n: i32, k: i32, alpha: f64, a: usize, aRowStride: i32, aColumnStride: i32,
  packed: usize, packedColumns: i32, firstColumn: i32,
  beta: f64, c: usize, cRowStride: i32, cColumnStride: i32, workspace: usize, mc: i32, kc: i32,
): void {
  gemm<f64, OrAndUkrF644x8>(
    m, n, k, <f64>alpha, a, aRowStride, aColumnStride, packed, packedColumns, firstColumn,
    <f64>beta, c, cRowStride, cColumnStride, workspace, mc, kc,
  );
}
export function scale_or_and_float64(m: i32, n: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32): void {
  scale<f64, OrAndUkrF644x8>(m, n, <f64>beta, c, rowStride, columnStride);
}

export function or_and_int32(
  m: i32, n: i32, k: i32, alpha: f64, a: usize, aRowStride: i32, aColumnStride: i32,
  packed: usize, packedColumns: i32, firstColumn: i32,
  beta: f64, c: usize, cRowStride: i32, cColumnStride: i32, workspace: usize, mc: i32, kc: i32,
): void {
  gemm<i32, OrAndUkrI324x16>(
    m, n, k, <i32>alpha, a, aRowStride, aColumnStride, packed, packedColumns, firstColumn,
    <i32>beta, c, cRowStride, cColumnStride, workspace, mc, kc,
  );
}
export function scale_or_and_int32(m: i32, n: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32): void {
  scale<i32, OrAndUkrI324x16>(m, n, <i32>beta, c, rowStride, columnStride);
}
