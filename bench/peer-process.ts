/** A system in a process of its own, spoken to over pipes by the protocol of serve.ts, so that trials can interleave. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { GemmeshError } from '../src/errors.ts'
import type { Product } from './product.ts'

/** The slowest answer, a product of the naive kind and its check, takes seconds. */
const answerLimitMs = 120_000
/** What is kept of a process's stderr, to say why it ended. */
const complaintLimit = 2000

export interface Command {
  readonly file: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

interface Answer {
  readonly about?: string
  readonly ms?: number | readonly number[]
  readonly wrong?: string
  readonly failed?: string
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>

export class PeerProcess {
  readonly name: string
  readonly #child: Child
  readonly #lines: AsyncIterator<string>
  #about = ''
  #complaints = ''

  private constructor(name: string, child: Child) {
    this.name = name
    this.#child = child
    this.#lines = createInterface(child.stdout)[Symbol.asyncIterator]()
    child.stderr.setEncoding('utf8')
    child.stderr.on('data', (text: string) => {
      this.#complaints = (this.#complaints + text).slice(-complaintLimit)
    })
    // A process that could not start, or is gone, is noticed by the end of its output.
    child.on('error', error => {
      this.#complaints += error.message
    })
    child.stdin.on('error', () => {})
  }

  /** Starts the process; an error says why it cannot serve. */
  static async start(name: string, { file, args, env }: Command): Promise<PeerProcess> {
    const peer = new PeerProcess(
      name,
      spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } }),
    )
    const { about } = await peer.#answer()
    peer.#about = about ?? name
    return peer
  }

  /** Name and version, as the system says. */
  get about(): string {
    return this.#about
  }

  /** New operands, a checked product, and the milliseconds of one when warm; an error where its answer is wrong. */
  async prepare(product: Product): Promise<number> {
    const { ms } = await this.#ask({ prepare: product })
    return typeof ms === 'number' ? ms : Number.NaN
  }

  /** Milliseconds a product, of each of `repeats` batches of `batch` products. */
  async run(repeats: number, batch: number): Promise<readonly number[]> {
    const { ms } = await this.#ask({ run: { repeats, batch } })
    return typeof ms === 'object' ? ms : []
  }

  /** Returns when the process has ended. */
  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const closed = once(this.#child, 'close')
    this.#child.stdin.end()
    await closed
  }

  async #ask(request: object): Promise<Answer> {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`)
    const answer = await this.#answer()
    const fault = answer.wrong ?? answer.failed
    if (fault === undefined) return answer
    throw new GemmeshError(
      answer.wrong === undefined ? 'GEMMESH_INTERNAL' : 'GEMMESH_VERIFICATION_FAILED',
      `${this.name}, ${JSON.stringify(request)}: ${fault}. Leave it out by --peers, or see why.`,
    )
  }

  async #answer(): Promise<Answer> {
    const alarm = setTimeout(() => this.#child.kill('SIGKILL'), answerLimitMs)
    const { value, done } = await this.#lines.next()
    clearTimeout(alarm)
    if (done) {
      throw new GemmeshError(
        'GEMMESH_INTERNAL',
        `The process of ${this.name} ended: ${this.#complaints.trim() || 'it said nothing'}`,
      )
    }
    const answer: Answer = JSON.parse(value)
    return answer
  }
}
