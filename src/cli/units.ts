/** Figures for people: bytes, times, counts; and the way back from what people type. */
import { parseBytes } from '../config/bytes.ts'
import { GemmeshError } from '../errors.ts'

const binaryUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const

/** Bytes in binary units with three digits that count: 16.0 MiB, 1.25 GiB. */
export function formatBytes(bytes: number): string {
  let figure = bytes
  let unit = 0
  while (figure >= 1024 && unit < binaryUnits.length - 1) {
    figure /= 1024
    unit++
  }
  return `${unit === 0 ? figure : figure.toPrecision(figure < 1000 ? 3 : 4)} ${binaryUnits[unit]}`
}

/** Milliseconds as people say them: 12 ms, 3.4 s, 2 min 5 s, 1 h 3 min. */
export function formatMs(ms: number): string {
  if (!Number.isFinite(ms)) return 'unknown'
  if (ms < 1) return '< 1 ms'
  if (ms < 999.5) return `${Math.round(ms)} ms`
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** GFLOPS from floating point operations and milliseconds; 0 where nothing was to be done or no time passed. */
export const gflopsOf = (flops: number, ms: number): number => (flops > 0 && ms > 0 ? flops / ms / 1e6 : 0)

export const gigabytesPerSecond = (bytes: number, ms: number): number => (ms > 0 ? bytes / ms / 1e6 : 0)

/** A figure with four digits that count: 1.427 for 1.426787795518122, 2.5 for 2.5. */
export const roundedFigure = (figure: number): number => Number(figure.toPrecision(4))

/** 1 slave, 3 slaves. */
export const formatCount = (count: number, word: string): string =>
  `${count} ${word}${count === 1 ? '' : 's'}`

/** A rate with a sensible number of digits: 0.42, 8.1, 186. */
export function formatRate(rate: number): string {
  if (rate > 0 && rate < 0.01) return '< 0.01'
  return rate < 10 ? rate.toPrecision(2) : rate.toFixed(rate < 100 ? 1 : 0)
}

/** A part of a whole, however small: 0.0072 %, 31 %. */
export const formatPercent = (fraction: number): string => `${Number((fraction * 100).toPrecision(2))} %`

/** 2048x1024, or 7 for one dimension. */
export const formatShape = (shape: readonly number[]): string => shape.join('x')

/** Bytes from 1073741824, 512MiB or 1.5 GiB; else GEMMESH_USAGE. */
export function readBytes(text: string): number {
  const bytes = parseBytes(/^\d+$/.test(text) ? Number(text) : text)
  if (bytes !== undefined && bytes > 0) return bytes
  throw new GemmeshError(
    'GEMMESH_USAGE',
    `'${text}' is not an amount of memory: give bytes, or a number with KiB, MiB or GiB, such as 512MiB.`,
  )
}
