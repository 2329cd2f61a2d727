/** Half-open rectangles of matrix elements. */
export interface Rectangle {
  readonly row: number
  readonly column: number
  readonly rows: number
  readonly columns: number
}

export const area = (r: Rectangle): number => r.rows * r.columns
export const rowEnd = (r: Rectangle): number => r.row + r.rows
export const columnEnd = (r: Rectangle): number => r.column + r.columns
