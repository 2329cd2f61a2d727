/** A small matrix as text, in the way NumPy prints one. */
import type { Elements } from '../core/matrix.ts'

/** Rows in brackets, columns flush right; every number with as few digits as tell it from its neighbours. */
export function showMatrix(values: Elements, shape: readonly number[]): string {
  const [rows, columns] = shape.length === 1 ? [1, shape[0] ?? 0] : [shape[0] ?? 0, shape[1] ?? 0]
  const cells = Array.from(values, value => showNumber(value, values instanceof Float32Array))
  const width = Math.max(0, ...cells.map(cell => cell.length))
  const lines = Array.from({ length: rows }, (_, row) => {
    const line = cells.slice(row * columns, (row + 1) * columns).map(cell => cell.padStart(width))
    return `[${line.join('  ')}]`
  })
  return shape.length === 1 ? lines.join('') : `[${lines.join('\n ')}]`
}

function showNumber(value: number, single: boolean): string {
  if (Object.is(value, -0)) return '-0'
  if (!single || !Number.isFinite(value)) return String(value)
  // The shortest decimal that rounds to this float32; nine digits always do.
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return String(short)
  }
  return String(Number(value.toPrecision(9)))
}
