/** The checker: products of matrices with a few vectors, as verification asks for them, over a memory of their own. */
import { readFileSync } from 'node:fs'
import { type Dtype, dtypes } from '../core/matrix.ts'
import { asGemmeshError, GemmeshError } from '../errors.ts'
import type { CheckTask, Fourth } from './check-task.ts'
import { compileEager, optimizing } from './processor.ts'
import { findCheckerFault, type RunChecker, selfTestBytes } from './verify-checker.ts'

export type { CheckTask, Fourth } from './check-task.ts'

/**
 * Not shared: to shared memory JavaScript copies byte by byte where source and target are aligned differently, as what comes from
 * a network is: 52 to 66 ms for 128 MiB instead of 4, more than the sums take.
 */
type Memory = WebAssembly.Memory<false>

/** From src/kernel/ and from dist/kernel/ alike. */
const file = new URL('../../processors/check/check.wasm', import.meta.url)
/** The meaning of its exports: `abi` of assembly/check.ts. */
const supportedAbi = 2

const pageBytes = 65_536
/** Of each memory the first bytes are the functions' own: `scratch` of assembly/check.ts. */
const scratch = 0
const scratchBytes = 32 * 1024

export class Checker {
  readonly #memory: Memory
  readonly #functions: Functions

  /**
   * With a memory of `bytes` bytes; 64 MiB take no time. For matrices of the dtypes `used`, whose functions are tested before they
   * are used first: GEMMESH_PROCESSOR_REJECTED where this runtime answers wrongly.
   */
  constructor(bytes: number, used: readonly Dtype[] = dtypes) {
    const { memory, functions } = instantiate(checkerModule(used), bytes)
    this.#memory = memory
    this.#functions = functions
  }

  /** A part of the memory. Offsets are multiples of 8. */
  bytesAt(offset: number, bytes: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#memory.buffer, scratchBytes + offset, bytes)
  }

  realsAt(offset: number, length: number): Float64Array<ArrayBuffer> {
    return new Float64Array(this.#memory.buffer, scratchBytes + offset, length)
  }

  integersAt(offset: number, length: number): Int32Array<ArrayBuffer> {
    return new Int32Array(this.#memory.buffer, scratchBytes + offset, length)
  }

  /** For each row, vector by vector: y[row] += the sum over the columns of matrix[row][column] * x[column]. */
  byRows(task: CheckTask): void {
    run(this.#functions, 'rows', task)
  }

  /** For each column, vector by vector: y[column] += the sum over the rows of matrix[row][column] * x[row]. */
  byColumns(task: CheckTask): void {
    run(this.#functions, 'columns', task)
  }
}

/** By their numbers in assembly/check-fourth.ts. */
const fourths: readonly Fourth[] = ['none', 'squares', 'weights']

type Numeric = (...args: number[]) => void
type Functions = ReadonlyMap<string, Numeric>

function run(functions: Functions, way: 'rows' | 'columns', task: CheckTask): void {
  const { dtype, rows, columns, matrix, stride, x, xStride, y, yStride, fourth } = task
  const name = `${way}_${dtype}`
  const call = functions.get(name)
  if (call === undefined) throw rejected(`does not export the function ${name}`)
  const [from, factors, to] = [scratchBytes + matrix, scratchBytes + x, scratchBytes + y]
  // Of integers there are no fourth sums: they take neither of the last two.
  call(rows, columns, from, stride, factors, xStride, to, yStride, scratch, fourths.indexOf(fourth))
}

let compiled: WebAssembly.Module | undefined
const tested = new Set<Dtype>()

/** Compiled and tested when it is first asked for; then there at once. The test of a dtype takes ten milliseconds and more. */
function checkerModule(used: readonly Dtype[]): WebAssembly.Module {
  const module = compiled ?? compile()
  compiled = module
  const untested = used.filter(dtype => !tested.has(dtype))
  if (untested.length === 0) return module
  const { memory, functions } = instantiate(module, selfTestBytes)
  const runHere: RunChecker = (way, task) => run(functions, way, task)
  const test = () => findCheckerFault(memory.buffer, scratchBytes, runHere, untested)
  // Twice: the first time replaces V8's first code by optimized code, the second tests that.
  const fault = optimizing(test) ?? test()
  if (fault !== undefined) throw rejected(`answers wrongly in this runtime: ${fault}`)
  for (const dtype of untested) tested.add(dtype)
  return module
}

function compile(): WebAssembly.Module {
  try {
    return compileEager(new Uint8Array(readFileSync(file)))
  } catch (cause) {
    throw rejected(`cannot be read or compiled: ${asGemmeshError(cause).message}`, cause)
  }
}

function instantiate(module: WebAssembly.Module, bytes: number): { memory: Memory; functions: Functions } {
  const pages = Math.ceil((scratchBytes + bytes) / pageBytes)
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: false })
  const { exports } = new WebAssembly.Instance(module, { env: { memory } })
  const { abi } = exports
  if (!(abi instanceof WebAssembly.Global) || abi.value !== supportedAbi)
    throw rejected(`has not the abi ${supportedAbi} that this version runs`)
  const functions = new Map<string, Numeric>()
  for (const [name, found] of Object.entries(exports)) if (isNumeric(found)) functions.set(name, found)
  return { memory, functions }
}

/** What its arguments are is a matter of the abi: nothing tells it of a function. */
const isNumeric = (value: unknown): value is Numeric => typeof value === 'function'

const rejected = (what: string, cause?: unknown): GemmeshError =>
  new GemmeshError(
    'GEMMESH_PROCESSOR_REJECTED',
    `The checker (${file.pathname}), which verifies tiles, ${what}. Build it (npm run build:processors) or install gemmesh again.`,
    { cause },
  )
