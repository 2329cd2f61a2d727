/** C drawn in a terminal: one letter a slave, and what each letter got. */
import { columnEnd, type Interval, type Rectangle, rowEnd } from './geometry.ts'

interface MappedShare {
  readonly slave: string
  readonly performance: number
  readonly wanted: number
  readonly given: number
  readonly rectangles: readonly Rectangle[]
  /** Of k. */
  readonly depth: Interval
  readonly units: number
}

const widthLimit = 64
const heightLimit = 24
/** A terminal's character is about twice as tall as wide. */
const characterAspect = 2
/** A legend of thousands of slaves helps nobody. */
const legendLimit = 52
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/**
 * The drawing, in C's proportions and at most 64x24 characters, then `A gamma: ...` for each slave. Each character is
 * the share that its middle falls into, so a small share may be in the legend alone.
 */
export function drawTileMap(
  shape: readonly [m: number, n: number, k: number],
  shares: readonly MappedShare[],
): string {
  const [m, n] = shape
  const legend = shares.slice(0, legendLimit).map((share, index) => legendLine(share, index, shape))
  if (shares.length > legendLimit) legend.push(`... and ${shares.length - legendLimit} more slaves`)
  if (m === 0 || n === 0) return [`(C is ${m}x${n}: it has no elements)`, ...legend].join('\n')
  return [...drawingOf(shape, shares), ...legend].join('\n')
}

function drawingOf(shape: readonly [m: number, n: number, k: number], shares: readonly MappedShare[]) {
  const [m, n, k] = shape
  const isCutDepth = shares.some(
    ({ depth, rectangles }) => rectangles.length > 0 && depth.end - depth.start < k,
  )
  return isCutDepth ? depthDrawing(k, shares) : tileDrawing(m, n, shares)
}

/**
 * Of a product that is cut along k: from left to right all of k, and under each other the
 * slaves that share C out in that part of k.
 */
function depthDrawing(k: number, shares: readonly MappedShare[]): string[] {
  const groups = Map.groupBy(
    [...shares.entries()].filter(([, { rectangles }]) => rectangles.length > 0),
    ([, { depth }]) => depth.start,
  )
  const height = Math.min(heightLimit, Math.max(...[...groups.values()].map(group => group.length)))
  const columns = Array.from({ length: widthLimit }, (_, column) => {
    const middle = ((column + 0.5) * k) / widthLimit
    const group = [...groups.values()].find(
      ([first]) => first !== undefined && first[1].depth.start <= middle && middle < first[1].depth.end,
    )
    return Array.from({ length: height }, (_, line) => {
      const [index] = group?.[Math.floor(((line + 0.5) * group.length) / height)] ?? []
      return index === undefined ? ' ' : letter(index)
    })
  })
  const lines = Array.from({ length: height }, (_, line) => columns.map(column => column[line]).join(''))
  return [`k, 0 to ${k}:`, ...lines]
}

function tileDrawing(m: number, n: number, shares: readonly MappedShare[]): string[] {
  const scale = Math.min(widthLimit / n, (heightLimit * characterAspect) / m)
  const clamp = (length: number, limit: number) => Math.min(limit, Math.max(1, Math.round(length)))
  const width = clamp(n * scale, widthLimit)
  const height = clamp((m * scale) / characterAspect, heightLimit)
  const drawing = Array.from({ length: height }, () => new Array<string>(width).fill(' '))
  const firstMiddle = (edge: number, length: number, cells: number) =>
    Math.max(0, Math.ceil((edge * cells) / length - 0.5))
  for (const [index, share] of shares.entries()) {
    for (const rectangle of share.rectangles) {
      const top = firstMiddle(rectangle.row, m, height)
      const bottom = firstMiddle(rowEnd(rectangle), m, height)
      const left = firstMiddle(rectangle.column, n, width)
      const right = firstMiddle(columnEnd(rectangle), n, width)
      for (const line of drawing.slice(top, bottom)) line.fill(letter(index), left, right)
    }
  }
  return drawing.map(line => line.join(''))
}

const letter = (index: number): string => letters[index % letters.length] ?? '?'

function legendLine(share: MappedShare, index: number, [m, n, k]: readonly [number, number, number]): string {
  const percent = (ratio: number) => `${(ratio * 100).toFixed(1)}%`
  const sizes = share.rectangles.map(({ rows, columns }) => `${rows}x${columns}`).join(' + ')
  const { start, end } = share.depth
  const depth = end - start < k ? `, k ${start} to ${end}` : ''
  const part = sizes === '' ? 'nothing' : `${sizes} of ${m}x${n}${depth}`
  const count = share.units
  return (
    `${letter(index)} ${share.slave}: performance ${Number(share.performance.toPrecision(4))}, wanted ${percent(share.wanted)}, ` +
    `given ${percent(share.given)}: ${part} in ${count} unit${count === 1 ? '' : 's'}`
  )
}
