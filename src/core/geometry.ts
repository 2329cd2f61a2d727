/** Half-open rectangles of matrix elements: how C is cut, shared out, and proved to be covered exactly once. */
import { GemmeshError } from '../errors.ts'

/** Rows `row` to `row + rows`, columns `column` to `column + columns`, the ends not included. */
export interface Rectangle {
  readonly row: number
  readonly column: number
  readonly rows: number
  readonly columns: number
}

/** Of rows, of columns, or of the inner dimension k. */
export interface Interval {
  readonly start: number
  /** One behind the last. */
  readonly end: number
}

export const lengthOf = ({ start, end }: Interval): number => end - start

export const area = (r: Rectangle): number => r.rows * r.columns
export const rowEnd = (r: Rectangle): number => r.row + r.rows
export const columnEnd = (r: Rectangle): number => r.column + r.columns

/** How people read a rectangle in messages: `rows 0-511, columns 512-1023`, ends included. */
export const describeRectangle = (r: Rectangle): string =>
  `rows ${r.row}-${rowEnd(r) - 1}, columns ${r.column}-${columnEnd(r) - 1}`

/** What both rectangles hold; undefined where they share no element. */
export function intersect(a: Rectangle, b: Rectangle): Rectangle | undefined {
  const row = Math.max(a.row, b.row)
  const column = Math.max(a.column, b.column)
  const rows = Math.min(rowEnd(a), rowEnd(b)) - row
  const columns = Math.min(columnEnd(a), columnEnd(b)) - column
  return rows > 0 && columns > 0 ? { row, column, rows, columns } : undefined
}

/**
 * Cuts `length` elements from `start` into `parts` near-equal runs: parts + 1 edges, ascending, the first `start` and
 * the last `start + length`. Inner edges are multiples of `granule`, so runs differ by at most one granule.
 */
export function split(start: number, length: number, parts: number, granule = 1): number[] {
  const end = start + length
  const edges = [start]
  for (let part = 1; part < parts; part++) {
    const ideal = start + (length * part) / parts
    edges.push(Math.min(end, Math.max(start, Math.round(ideal / granule) * granule)))
  }
  edges.push(end)
  return edges
}

/** The rectangles between row edges and column edges (each ascending), row by row; empty ones are left out. */
export function gridRectangles(rowEdges: readonly number[], columnEdges: readonly number[]): Rectangle[] {
  const rectangles: Rectangle[] = []
  for (const [row, nextRow] of runs(rowEdges)) {
    for (const [column, nextColumn] of runs(columnEdges)) {
      rectangles.push({ row, column, rows: nextRow - row, columns: nextColumn - column })
    }
  }
  return rectangles
}

function* runs(edges: readonly number[]): Generator<readonly [from: number, to: number]> {
  let from: number | undefined
  for (const to of edges) {
    if (from !== undefined && to > from) yield [from, to]
    from = to
  }
}

/** A stretch of columns whose rows above `height` are covered; `tile` is the last one laid on it, -1 at the start. */
interface Segment {
  readonly end: number
  readonly height: number
  readonly tile: number
}

/**
 * Refuses tiles that do not cover `whole` exactly once: GEMMESH_TILE_REFUSED names the first tile that is empty, stands
 * out, overlaps, or leaves a gap.
 *
 * A sweep, O(n log n): tiles sorted by row, then column, are laid like bricks on a skyline. If the cover is exact, each
 * tile starts where a segment of the skyline starts and finds exactly its own row as the height all along its width:
 * whatever lies left of it at that height belongs to a tile that was sorted, and laid, before it.
 */
export function cover(tiles: readonly Rectangle[], whole: Rectangle): void {
  for (const [index, tile] of tiles.entries()) {
    if (!isWithin(tile, whole)) {
      throw refused(index, tile, `is empty or stands out of the whole (${describeRectangle(whole)})`)
    }
  }
  if (area(whole) === 0) return
  const order = tiles
    .map((tile, index) => ({ tile, index }))
    .sort((a, b) => a.tile.row - b.tile.row || a.tile.column - b.tile.column)
  const skyline = new Map<number, Segment>([
    [whole.column, { end: columnEnd(whole), height: whole.row, tile: -1 }],
  ])
  for (const { tile, index } of order) lay(skyline, tile, index)
  for (const [column, segment] of skyline) {
    if (segment.height === rowEnd(whole)) continue
    throw new GemmeshError(
      'GEMMESH_TILE_REFUSED',
      `${tiles.length} tiles leave a gap: row ${segment.height} of columns ${column}-${segment.end - 1} is in none; ` +
        `each element of ${describeRectangle(whole)} has to be in exactly one`,
    )
  }
}

function isWithin(tile: Rectangle, whole: Rectangle): boolean {
  const figures = [tile.row, tile.column, tile.rows, tile.columns]
  if (!figures.every(Number.isSafeInteger) || tile.rows <= 0 || tile.columns <= 0) return false
  return (
    tile.row >= whole.row &&
    tile.column >= whole.column &&
    rowEnd(tile) <= rowEnd(whole) &&
    columnEnd(tile) <= columnEnd(whole)
  )
}

function lay(skyline: Map<number, Segment>, tile: Rectangle, index: number): void {
  const end = columnEnd(tile)
  let column = tile.column
  while (column < end) {
    const segment = skyline.get(column)
    if (segment === undefined || segment.height !== tile.row) {
      throw misfit(skyline, tile, index, column)
    }
    skyline.delete(column)
    if (segment.end > end) skyline.set(end, segment)
    column = segment.end
  }
  skyline.set(tile.column, { end, height: rowEnd(tile), tile: index })
}

function misfit(skyline: Map<number, Segment>, tile: Rectangle, index: number, column: number): GemmeshError {
  for (const [start, segment] of skyline) {
    if (start > column || segment.end <= column) continue
    if (segment.height > tile.row) return refused(index, tile, `overlaps tile ${segment.tile}`)
    return refused(index, tile, `leaves a gap: row ${segment.height}, column ${start} is in no tile`)
  }
  return refused(index, tile, 'does not fit to its neighbours')
}

const refused = (index: number, tile: Rectangle, fault: string): GemmeshError =>
  new GemmeshError(
    'GEMMESH_TILE_REFUSED',
    `tile ${index} (${tile.rows}x${tile.columns} at row ${tile.row}, column ${tile.column}) ${fault}`,
  )
