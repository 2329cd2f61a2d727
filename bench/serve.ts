/**
 * The side of a system in its own process: one JSON request a line on stdin, one JSON answer a line on stdout.
 *
 *   -> {"about": "ml-matrix 6.15.1"}                                     at start
 *   {"prepare": {"dtype", "m", "n", "k"}} -> {"ms": 11.2}                new operands; a product, checked; the time of one
 *                                         -> {"wrong": "element ..."} or, to any request, {"failed": "why"}
 *   {"run": {"repeats": 3, "batch": 1}}   -> {"ms": [11.2, 10.9, ...]}   milliseconds a product, of each batch
 */
import { createInterface } from 'node:readline'
import { arrayOf, type Elements } from '../src/core/matrix.ts'
import { fill, findFault, type Product } from './product.ts'

/** A product that is ready to be computed. */
export interface Multiplier {
  /** C = A * B, once; or the `share` of it, whose time then stands for the whole. */
  run(): void | Promise<void>
  /** Of the product, above 0 and at most 1; 1 where it is not said. */
  readonly share?: number
  /** An element of the last product. */
  at(row: number, column: number): number
  release?(): void
}

export interface Served {
  /** Name and version. */
  readonly about: string
  /** A and B are row-major. */
  prepare(product: Product, a: Elements, b: Elements): Multiplier | Promise<Multiplier>
}

interface Request {
  readonly prepare?: Product
  readonly run?: { readonly repeats: number; readonly batch: number }
}

/** Runs until V8 has compiled what it will compile: so long, or so often. */
const warmMs = 40
const warmRuns = 2000
/** A product that takes longer is taken at its first word. */
const slowMs = 1000

/** Answers until stdin ends. What libraries print to the console does not reach stdout. */
export async function serve({ about, prepare }: Served): Promise<void> {
  console.log = console.info = console.warn
  let multiplier: Multiplier | undefined
  const answer = (message: object) => process.stdout.write(`${JSON.stringify(message)}\n`)
  const timed = async (run: Multiplier['run'], batch: number): Promise<number> => {
    const start = performance.now()
    for (let i = 0; i < batch; i++) {
      const done = run()
      // Awaiting what is no promise would cost a turn of the event loop's queue.
      if (done !== undefined) await done
    }
    return (performance.now() - start) / batch / (multiplier?.share ?? 1)
  }
  const ready = async (product: Product): Promise<object> => {
    multiplier?.release?.()
    const a = new arrayOf[product.dtype](product.m * product.k)
    const b = new arrayOf[product.dtype](product.k * product.n)
    fill(a, product.dtype, product.m + 1)
    fill(b, product.dtype, product.n + 2)
    multiplier = await prepare(product, a, b)
    const { run } = multiplier
    const first = await timed(run, 1)
    const fault = findFault(product, a, b, multiplier.at)
    if (fault !== undefined) return { wrong: fault }
    if (first > slowMs) return { ms: first }
    // The first one may have started threads, or compiled a module: it says nothing of the next.
    let best = Number.POSITIVE_INFINITY
    let spent = 0
    for (let runs = 0; spent < warmMs && runs < warmRuns; runs++) {
      const ms = await timed(run, 1)
      best = Math.min(best, ms)
      spent += ms * (multiplier.share ?? 1)
    }
    return { ms: best }
  }
  answer({ about })
  for await (const line of createInterface(process.stdin)) {
    const request: Request = JSON.parse(line)
    try {
      if (request.prepare !== undefined) answer(await ready(request.prepare))
      if (request.run !== undefined && multiplier !== undefined) {
        const { run } = multiplier
        const ms: number[] = []
        for (let i = 0; i < request.run.repeats; i++) ms.push(await timed(run, request.run.batch))
        answer({ ms })
      }
    } catch (error) {
      answer({ failed: error instanceof Error ? error.message : String(error) })
    }
  }
  process.exit(0)
}
