/**
 * The most multiply-adds that this machine does from WebAssembly: a loop that touches registers alone. What percents of the
 * peak are of. V8's revectorizer makes 256-bit operations of its pairs where it can, as it does of the kernel's.
 */
import { Worker } from 'node:worker_threads'
import binaryen from 'assemblyscript/binaryen'
import { compileProcessor, optimizing, processorImage } from '../src/kernel/processor.ts'

export type PeakDtype = 'float32' | 'float64'
export interface Peak {
  readonly dtype: PeakDtype
  readonly threads: number
  readonly gflops: number
}

/** What a thread is told to do, and does: `peak-thread.ts`. */
export interface PeakRun {
  readonly name: string
  readonly turns: number
}

const lanes = { float32: 4, float64: 2 } as const
/**
 * Independent sums, of 128 bits each. As pairs, 24 are the 12 of the micro-kernels' widest tiles, more than the 8 that hide
 * a latency of 4 cycles; 10 fit the registers of a machine where nothing is paired.
 */
const widths = { wide: 24, narrow: 10 } as const
type Width = keyof typeof widths
const unroll = 4

/** The function `<dtype>_<width>(turns)`: loads its sums in adjacent pairs, adds x * y to each, stores them. */
function peakFunction(dtype: PeakDtype, width: Width): string {
  const sums = Array.from({ length: widths[width] }, (_, index) => index)
  const instruction = dtype === 'float32' ? 'f32x4.relaxed_madd' : 'f64x2.relaxed_madd'
  const load = (name: string, at: number) => `(local.set $${name} (v128.load offset=${at} (i32.const 0)))`
  const step = sums
    .map(
      i =>
        `(local.set $s${i} (${instruction} (local.get $x${i % 2}) (local.get $y${i % 2}) (local.get $s${i})))`,
    )
    .join('\n')
  return `(func (export "${dtype}_${width}") (param $turns i32)
    ${['x0', 'x1', 'y0', 'y1', ...sums.map(i => `s${i}`)].map(name => `(local $${name} v128)`).join(' ')}
    ${['x0', 'x1', 'y0', 'y1'].map((name, index) => load(name, index * 16)).join('\n')}
    ${sums.map(i => load(`s${i}`, 64 + i * 16)).join('\n')}
    (loop $again
      ${Array(unroll).fill(step).join('\n')}
      (br_if $again (local.tee $turns (i32.sub (local.get $turns) (i32.const 1)))))
    ${sums.map(i => `(v128.store offset=${64 + i * 16} (i32.const 0) (local.get $s${i}))`).join('\n')})`
}

const dtypesOfPeak = ['float32', 'float64'] as const
const widthNames = ['wide', 'narrow'] as const

/** The module: a function for each dtype and width over a page of memory that holds zeros. */
function peakModule(): WebAssembly.Module {
  const functions = dtypesOfPeak.flatMap(dtype => widthNames.map(width => peakFunction(dtype, width)))
  const parsed = binaryen.parseText(`(module (memory 1)\n${functions.join('\n')})`)
  parsed.setFeatures(binaryen.Features.All)
  try {
    return compileProcessor(processorImage('peak', parsed.emitBinary())).module
  } finally {
    parsed.dispose()
  }
}

/** A run lasts some milliseconds. */
const runMs = 8
const firstRuns = 10

/**
 * Threads that measure the peak now and then during a run: the highest counts, so that a busy moment of the machine does
 * not raise the percents. They sleep between.
 */
export class PeakMeter {
  readonly #workers: readonly Worker[]
  readonly #highest = new Map<PeakDtype, number>()

  private constructor(workers: readonly Worker[]) {
    this.#workers = workers
  }

  static start(threads: number): PeakMeter {
    const module = peakModule()
    const { exports } = new WebAssembly.Instance(module, {})
    for (const run of Object.values(exports)) {
      // Often enough that V8 has optimized it; threads share the code.
      if (typeof run === 'function') for (let i = 0; i < 4; i++) optimizing(() => run(100_000))
    }
    const file = new URL('./peak-thread.ts', import.meta.url)
    return new PeakMeter(
      Array.from({ length: threads }, () => new Worker(file, { workerData: module, execArgv: [] })),
    )
  }

  /** A short run of each width on all threads at once; the first time several. */
  async measure(dtype: PeakDtype): Promise<void> {
    for (let left = this.#highest.has(dtype) ? 1 : firstRuns; left > 0; left--) await this.#run(dtype)
  }

  async #run(dtype: PeakDtype): Promise<void> {
    for (const width of widthNames) {
      const perTurn = 2 * lanes[dtype] * widths[width] * unroll
      // So many turns as 5 GHz with two 256-bit multiply-adds a cycle would do: no machine is much faster.
      const turns = Math.ceil((runMs / 1e3) * ((5e9 * 2 * 4 * lanes[dtype]) / perTurn))
      const run: PeakRun = { name: `${dtype}_${width}`, turns }
      const took = await Promise.all(this.#workers.map(worker => runOn(worker, run)))
      const gflops = took.reduce((sum, ms) => sum + (perTurn * turns) / ms / 1e6, 0)
      this.#highest.set(dtype, Math.max(gflops, this.#highest.get(dtype) ?? 0))
    }
  }

  /** The highest of what was measured. */
  get peaks(): readonly Peak[] {
    return [...this.#highest].map(([dtype, gflops]) => ({ dtype, threads: this.#workers.length, gflops }))
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map(worker => worker.terminate()))
  }
}

/** The milliseconds that a thread took. */
const runOn = (worker: Worker, run: PeakRun): Promise<number> =>
  new Promise((resolve, reject) => {
    worker.once('error', reject)
    worker.once('message', (ms: number) => {
      worker.off('error', reject)
      resolve(ms)
    })
    worker.postMessage(run)
  })
