/** C drawn in a terminal: one letter a slave, and what each letter got. */
import { columnEnd, type Rectangle, rowEnd } from './geometry.ts'

interface MappedShare {
  readonly slave: string
  readonly performance: number
  readonly wanted: number
  readonly given: number
  readonly rectangles: readonly Rectangle[]
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
  return [...drawing.map(line => line.join('')), ...legend].join('\n')
}

const letter = (index: number): string => letters[index % letters.length] ?? '?'

function legendLine(share: MappedShare, index: number, [m, n]: readonly [number, number, number]): string {
  const percent = (ratio: number) => `${(ratio * 100).toFixed(1)}%`
  const sizes = share.rectangles.map(({ rows, columns }) => `${rows}x${columns}`).join(' + ')
  const part = sizes === '' ? 'nothing' : `${sizes} of ${m}x${n}`
  const count = share.units
  return (
    `${letter(index)} ${share.slave}: performance ${share.performance}, wanted ${percent(share.wanted)}, ` +
    `given ${percent(share.given)}: ${part} in ${count} unit${count === 1 ? '' : 's'}`
  )
}
