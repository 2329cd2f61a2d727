/**
 * GFLOPS of square products in the arena, by the pool: beside NumPy where it is installed, and beside the naive multiply.
 *
 *   npm run bench -- [--sizes 256,512,1024,2048] [--dtypes float32,float64] [--threads 1,2] [--trials 7] [--json]
 *                    [--variant wide] [--python /usr/bin/python3] [--no-peers]
 *
 * Trials interleave (ours, theirs, ours, theirs ...), each repeats small products until it lasts some ten milliseconds and
 * counts the fastest of them; figures are medians over the trials, and of the ratio of each pair.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { bytesPerElement, type Dtype, dtypes, unitRoundoff } from '../src/core/matrix.ts'
import { GemmeshError } from '../src/errors.ts'
import { Arena } from '../src/kernel/arena.ts'
import { naiveGemm } from '../src/kernel/naive.ts'
import { readProcessorImages } from '../src/kernel/processor.ts'
import { selectProcessor } from '../src/kernel/select.ts'
import { type GemmTask, Pool } from '../src/pool/pool.ts'
import { usableThreads } from '../src/pool/usable-threads.ts'
import { machine } from './machine.ts'
import { findPython, NumpyPeer } from './peers/numpy.ts'
import { type Figures, printTable } from './report.ts'
import { summary } from './statistics.ts'

const { values: given } = parseArgs({
  allowNegative: true,
  options: {
    sizes: { type: 'string', default: '256,512,1024,2048' },
    dtypes: { type: 'string', default: 'float32,float64' },
    threads: { type: 'string', default: [...new Set([1, usableThreads()])].join(',') },
    trials: { type: 'string', default: '7' },
    variant: { type: 'string' },
    python: { type: 'string' },
    peers: { type: 'boolean', default: true },
    json: { type: 'boolean', default: false },
  },
})

const counts = (name: string, text: string): number[] =>
  text.split(',').map(part => {
    const value = Number(part)
    if (Number.isInteger(value) && value > 0 && value <= 16384) return value
    throw new GemmeshError(
      'GEMMESH_USAGE',
      `--${name} ${text}: ${part} is not a whole number from 1 to 16384.`,
    )
  })
const chosenDtypes = dtypes.filter(dtype => given.dtypes.split(',').includes(dtype))
const sizes = counts('sizes', given.sizes)
const threadCounts = counts('threads', given.threads)
const [trials = 7] = counts('trials', given.trials)

/** A trial repeats a product until about so many operations are done, and at most so often. */
const trialOperations = 1e10
const mostRepeats = 50
/** The naive multiply computes as many rows of C as this many operations allow: its speed is the same for each row. */
const naiveOperations = 4e7
/** OpenBLAS' threads spin for about 30 ms after a product: waiting for them keeps the next trial's cores free. */
const spinMs = 60

const images = (await readProcessorImages()).filter(
  image => !given.variant || image.variant === given.variant,
)
const { chosen, candidates } = await selectProcessor(images)
const head = machine()
const python = given.peers ? findPython(given.python ? [given.python] : undefined) : undefined
const largest = Math.max(...sizes)
const arena = Arena.create(
  4 * largest * largest * 8 + (64 + threadCounts.reduce((x, y) => x + y, 0)) * 2 ** 20,
)

const results: Figures[] = []
let peerVersions = 'none'
for (const threads of threadCounts) {
  const pool = await Pool.start({ arena, processor: chosen, threads })
  const peer = python === undefined ? undefined : await NumpyPeer.start(python, threads)
  peerVersions = peer?.versions ?? peerVersions
  for (const dtype of chosenDtypes) {
    // NumPy multiplies integers without a BLAS, a hundred times slower: no peer in that.
    for (const n of sizes) results.push(await measure(pool, dtype === 'int32' ? undefined : peer, dtype, n))
  }
  await peer?.close()
  await pool.close()
}

const report = {
  command: ['npm run bench --', ...process.argv.slice(2)].join(' '),
  ...head,
  peer: peerVersions,
  processor: { variant: chosen.image.variant, sha256: chosen.image.sha256, candidates },
  trials,
  results,
}
if (given.json) console.log(JSON.stringify(report, undefined, 2))
else printTable(report)

async function measure(pool: Pool, peer: NumpyPeer | undefined, dtype: Dtype, n: number): Promise<Figures> {
  const operations = 2 * n ** 3
  const repeats = Math.max(3, Math.min(mostRepeats, Math.round(trialOperations / operations)))
  const task = place(dtype, n)
  try {
    await pool.gemm([task])
    const naive = checkAndTimeNaive(task)
    await peer?.prepare(dtype, n)
    const ours: number[] = []
    const theirs: number[] = []
    for (let trial = 0; trial < trials; trial++) {
      ours.push(await fastest(pool, task, repeats))
      if (peer === undefined) continue
      theirs.push(Math.min(...(await peer.run(repeats)).slice(1)))
      await pause(spinMs)
    }
    const gflops = (ms: number) => operations / ms / 1e6
    return {
      dtype,
      n,
      threads: pool.threads,
      gflops: summary(ours.map(gflops)),
      ...(peer && {
        numpyGflops: summary(theirs.map(gflops)),
        ratio: summary(ours.map((ms, trial) => (theirs[trial] ?? Number.NaN) / ms)),
      }),
      naiveGflops: naive,
    }
  } finally {
    for (const { offset } of [task.a, task.b, task.c]) arena.release(offset)
  }
}

async function fastest(pool: Pool, task: GemmTask, repeats: number): Promise<number> {
  let best = Number.POSITIVE_INFINITY
  for (let run = 0; run < repeats; run++) {
    const start = performance.now()
    await pool.gemm([task])
    if (run > 0) best = Math.min(best, performance.now() - start)
  }
  return best
}

/** A square product with operands from -0.5 to 0.5 (from -50 to 50 for int32), in the arena. */
function place(dtype: Dtype, n: number): GemmTask {
  let state = n
  const operand = () => {
    const offset = arena.allocate(n * n * bytesPerElement[dtype])
    const values = arena.view(dtype, offset, n * n)
    const scale = dtype === 'int32' ? 100 : 1
    for (let i = 0; i < values.length; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) | 0
      values[i] = (state / 2 ** 32) * scale
    }
    return { offset, rowStride: n, columnStride: 1 }
  }
  return { dtype, m: n, n, k: n, alpha: 1, beta: 0, a: operand(), b: operand(), c: operand() }
}

/** Compares the first rows of C with the naive product, and says how fast that was, in GFLOPS. */
function checkAndTimeNaive(task: GemmTask): number {
  const { dtype, n } = task
  const rows = Math.max(1, Math.min(n, Math.round(naiveOperations / (2 * n * n))))
  const at = (offset: number) => ({ offset: 0, data: arena.view(dtype, offset, n * n) })
  const [a, b, c] = [at(task.a.offset).data, at(task.b.offset).data, at(task.c.offset).data]
  const wanted = c.slice(0, rows * n)
  const view = { offset: 0, rowStride: n, columnStride: 1 }
  const start = performance.now()
  naiveGemm({ ...task, m: rows, a: view, b: view, c: view }, { a, b, c: wanted })
  const ms = performance.now() - start
  // |a| and |b| are at most a half: k products of a quarter, each rounded k times at most.
  const bound = (n * n * unitRoundoff[dtype]) / 2
  const wrong = wanted.findIndex((value, index) => !(Math.abs(value - (c[index] ?? Number.NaN)) <= bound))
  if (wrong !== -1) {
    throw new GemmeshError(
      'GEMMESH_VERIFICATION_FAILED',
      `${dtype} ${n}: element ${wrong} is ${c[wrong]}, the naive product says ${wanted[wrong]}. Run gemmesh doctor.`,
    )
  }
  return (2 * rows * n * n) / ms / 1e6
}
