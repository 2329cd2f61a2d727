/** The self-test of the checker: every function, on whole numbers, whose sums are exact in whatever order. */
import { type Dtype, dtypes } from '../core/matrix.ts'
import { type CheckTask, type Fourth, vectorsOf } from './check-task.ts'

type Way = 'rows' | 'columns'
export type RunChecker = (way: Way, task: CheckTask) => void

/** Blocks of columns and of rows (assembly/check-reals.ts, check-columns.ts) with a rest, in turn: odd ones. */
const shapes: Readonly<Record<Way, readonly (readonly [rows: number, columns: number])[]>> = {
  rows: [
    [3, 527],
    [11, 5],
  ],
  columns: [
    [3, 527],
    [75, 9],
  ],
}
const gap = 1
const offsets = { matrix: 0, x: 16_384, y: 40_960 }
/** Of memory that the self-test takes. */
export const selfTestBytes = 65_536

type Numbers = Float32Array | Float64Array | Int32Array

/** What is wrong with `used`, in words; undefined where all is right. `base`: where the offsets of tasks begin in the memory. */
export function findCheckerFault(
  memory: ArrayBuffer,
  base: number,
  run: RunChecker,
  used: readonly Dtype[] = dtypes,
): string | undefined {
  for (const dtype of used) {
    const fourths: readonly Fourth[] = dtype === 'int32' ? ['none'] : ['none', 'squares', 'weights']
    for (const fourth of fourths) {
      for (const way of ['rows', 'columns'] as const) {
        for (const shape of shapes[way]) {
          const fault = faultOf(memory, base, run, way, shape, dtype, fourth)
          if (fault !== undefined) return `${way} of ${shape.join('x')} ${dtype}, ${fourth}: ${fault}`
        }
      }
    }
  }
  return undefined
}

function faultOf(
  memory: ArrayBuffer,
  base: number,
  run: RunChecker,
  way: Way,
  [rows, columns]: readonly [rows: number, columns: number],
  dtype: Dtype,
  fourth: Fourth,
): string | undefined {
  const [from, to] = way === 'rows' ? [columns, rows] : [rows, columns]
  const vectors = vectorsOf({ dtype, fourth })
  const stride = columns + gap
  const sums = dtype === 'int32' ? 'int32' : 'float64'
  const m = numbers(memory, dtype, base + offsets.matrix, rows * stride)
  const x = numbers(memory, sums, base + offsets.x, vectors * from)
  const y = numbers(memory, sums, base + offsets.y, vectors * to)
  for (const [index] of m.entries()) m[index] = ((index * 7) % 19) - 9
  for (const [index] of x.entries()) x[index] = ((index * 5) % 13) - 6
  for (const [index] of y.entries()) y[index] = index
  run(way, { dtype, rows, columns, stride, xStride: from, yStride: to, fourth, ...offsets })
  const element = (place: number, at: number) =>
    (way === 'rows' ? m[place * stride + at] : m[at * stride + place]) ?? 0
  for (let vector = 0; vector < vectors; vector++) {
    for (let place = 0; place < to; place++) {
      let want = vector * to + place
      for (let at = 0; at < from; at++) {
        const a = element(place, at)
        const factor = x[vector * from + at] ?? 0
        want +=
          vector < 3 || dtype === 'int32' ? a * factor : fourth === 'squares' ? a * a : Math.abs(a) * factor
      }
      const got = y[vector * to + place]
      if (got !== want) return `sum ${place} of vector ${vector} is ${got}, not ${want}`
    }
  }
  return undefined
}

function numbers(memory: ArrayBuffer, dtype: Dtype, offset: number, length: number): Numbers {
  if (dtype === 'float64') return new Float64Array(memory, offset, length)
  return dtype === 'float32'
    ? new Float32Array(memory, offset, length)
    : new Int32Array(memory, offset, length)
}
