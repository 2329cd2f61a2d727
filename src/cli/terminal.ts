/**
 * Where a command's words go. Results go to stdout; progress and notes go to stderr, which is for people always. With
 * --json stdout carries one JSON object a line, each with a `type`; with --quiet stderr carries nothing but errors, and nobody hears of progress.
 */
import { noProgress, type Progress, recordProgress, showProgress, wipeOf } from './progress.ts'

export interface OutputOptions {
  readonly json?: boolean
  readonly quiet?: boolean
}

export class Terminal {
  readonly json: boolean
  readonly quiet: boolean

  constructor(options: OutputOptions) {
    this.json = options.json === true
    this.quiet = options.quiet === true
  }

  /** A result for people: to stdout, left out with --json. */
  print(text: string): void {
    if (!this.json) process.stdout.write(`${text}\n`)
  }

  /** What was done, where the result itself is elsewhere: as print, left out with --quiet too. */
  summary(text: string): void {
    if (!this.quiet) this.print(text)
  }

  /** A result for programs: one JSON object a line to stdout, only with --json. */
  record(type: string, fields: object): void {
    if (this.json) process.stdout.write(`${JSON.stringify({ type, ...fields })}\n`)
  }

  /** What happens meanwhile, for people: to stderr, left out with --quiet. With --json the records say it. */
  note(text: string): void {
    if (!this.quiet && !this.json) process.stderr.write(`${wipeOf(process.stderr)}${text}\n`)
  }

  /** Progress of one phase: a bar or lines on stderr, records with --json, nothing with --quiet. See showProgress. */
  progress(title: string, plainEveryMs?: number): Progress {
    if (this.quiet) return noProgress
    return this.json
      ? recordProgress(title, fields => this.record('progress', fields))
      : showProgress(process.stderr, title, plainEveryMs)
  }
}
