/** A NumPy process beside this one, spoken to over pipes, so that trials can interleave. */
import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { Dtype } from '../../src/core/matrix.ts'

const helper = fileURLToPath(new URL('./numpy_peer.py', import.meta.url))

/** The first Python of the given ones that has NumPy. */
export function findPython(
  candidates: readonly string[] = ['/usr/bin/python3', 'python3'],
): string | undefined {
  return candidates.find(python => {
    try {
      execFileSync(python, ['-c', 'import numpy'], { stdio: 'ignore' })
      return true
    } catch {
      return false
    }
  })
}

/** NumPy with its own number of threads. */
export class NumpyPeer {
  /** NumPy's version and the BLAS that it uses. */
  readonly versions: string
  readonly #child: ChildProcessByStdio<Writable, Readable, null>
  readonly #lines: AsyncIterator<string>

  private constructor(
    child: ChildProcessByStdio<Writable, Readable, null>,
    lines: AsyncIterator<string>,
    versions: string,
  ) {
    this.#child = child
    this.#lines = lines
    this.versions = versions
  }

  static async start(python: string, threads: number): Promise<NumpyPeer> {
    const child = spawn(python, [helper], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, OPENBLAS_NUM_THREADS: String(threads), OMP_NUM_THREADS: String(threads) },
    })
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
    const { value: line = '{}' } = await lines.next()
    const hello: { numpy?: string; blas?: string } = JSON.parse(line)
    return new NumpyPeer(child, lines, `NumPy ${hello.numpy}, ${hello.blas}`)
  }

  async prepare(dtype: Dtype, n: number): Promise<void> {
    await this.#ask({ prepare: { dtype, n } })
  }

  /** Milliseconds of each of `count` products. */
  async run(count: number): Promise<readonly number[]> {
    const { ms }: { ms: number[] } = await this.#ask({ run: count })
    return ms
  }

  async close(): Promise<void> {
    const closed = new Promise(resolve => this.#child.once('close', resolve))
    this.#child.stdin.end()
    await closed
  }

  async #ask(request: object) {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`)
    const { value, done } = await this.#lines.next()
    if (done) throw new Error('The NumPy process ended')
    return JSON.parse(value)
  }
}
