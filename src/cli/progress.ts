/** One line of progress: a live bar on a terminal, a plain line now and then elsewhere, a record for programs. */
import type { WriteStream } from 'node:tty'
import { formatMs, formatRate } from './units.ts'

export interface ProgressState {
  /** 0 to 1 */
  readonly fraction: number
  readonly gflops?: number
  readonly gigabytesPerSecond?: number
  /** What else there is to say, such as `5 of 14 units placed`. */
  readonly note?: string
}

export interface Progress {
  /** Shows the state, unless the last one was shown only just now. */
  update(state: ProgressState): void
  /** Ends the line; a live bar is wiped, so that what follows starts on a clean line. */
  end(): void
}

type Stream = Pick<WriteStream, 'write'> & { readonly isTTY?: boolean; readonly columns?: number }

const liveEveryMs = 100 // faster than the eye follows is only noise and system calls
const recordEveryMs = 500
const plainEveryMs = 3000 // a log stays readable over an hour's job
const barCells = 24

/** A terminal that can redraw its line, and nobody has said that it is a log. */
const isLive = (stream: Stream): boolean =>
  stream.isTTY === true && process.env.TERM !== 'dumb' && (process.env.CI ?? '') === ''

/** Removes a bar that may stand on the line, so that what follows starts on a clean one. */
export const wipeOf = (stream: Stream): string => (isLive(stream) ? '\r\x1b[2K' : '')

/**
 * Progress under `title` for people, from now on. A log gets its first line after a while, so that what is done at once
 * says nothing; with `everyMs` it gets one at once, and then so often.
 */
export function showProgress(stream: Stream, title: string, everyMs?: number): Progress {
  const live = isLive(stream)
  let drawn = false
  return throttled(
    live ? liveEveryMs : (everyMs ?? plainEveryMs),
    live || everyMs !== undefined,
    (state, elapsedMs) => {
      if (!live) {
        stream.write(`${title}: ${describe(state, elapsedMs)}\n`)
        return
      }
      drawn = true
      const text = `${title} ${bar(state.fraction)} ${describe(state, elapsedMs)}`
      // One cell is kept free: a full line would wrap on some terminals and could not be wiped.
      stream.write(`\r\x1b[2K${text.slice(0, Math.max(20, (stream.columns ?? 80) - 1))}`)
    },
    () => {
      if (drawn) stream.write('\r\x1b[2K')
    },
  )
}

/** Progress for programs: `write` gets the state as fields of a record. */
export const recordProgress = (title: string, write: (fields: object) => void): Progress =>
  throttled(recordEveryMs, true, (state, elapsedMs) =>
    write({ phase: title, elapsedMs: Math.round(elapsedMs), ...state }),
  )

export const noProgress: Progress = { update() {}, end() {} }

function throttled(
  everyMs: number,
  eager: boolean,
  show: (state: ProgressState, elapsedMs: number) => void,
  end: () => void = () => {},
): Progress {
  const startedMs = performance.now()
  let shownMs = eager ? Number.NEGATIVE_INFINITY : startedMs
  return {
    update(state) {
      const nowMs = performance.now()
      if (nowMs - shownMs < everyMs) return
      shownMs = nowMs
      show(state, nowMs - startedMs)
    },
    end,
  }
}

function describe({ fraction, gflops, gigabytesPerSecond, note }: ProgressState, elapsedMs: number): string {
  const parts = [`${Math.floor(fraction * 100)} %`]
  if (note !== undefined) parts.push(note)
  if (gflops !== undefined) parts.push(`${formatRate(gflops)} GFLOPS`)
  if (gigabytesPerSecond !== undefined) parts.push(`${formatRate(gigabytesPerSecond)} GB/s`)
  if (fraction > 0 && fraction < 1) parts.push(`${formatMs((elapsedMs * (1 - fraction)) / fraction)} left`)
  return parts.join(', ')
}

function bar(fraction: number): string {
  const full = Math.round(Math.min(1, Math.max(0, fraction)) * barCells)
  return `[${'#'.repeat(full)}${'-'.repeat(barCells - full)}]`
}
