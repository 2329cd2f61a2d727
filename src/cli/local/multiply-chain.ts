/** The product of many matrix files in the cheapest order, two at a time; what comes between lies in files that do not stay. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type ChainTree, chainOrder } from '../../core/chain.ts'
import type { Shape } from '../../core/matrix.ts'
import { type OperandFacts, productOf } from '../../core/product.ts'
import { GemmeshError } from '../../errors.ts'
import { writeFault } from '../../formats/file-errors.ts'
import { NpyReader } from '../../formats/npy-reader.ts'
import { gflopsOf } from '../units.ts'
import { type FilesRequest, type FilesResult, multiplyFiles } from './multiply-files.ts'
import { chooseProcessor } from './start-pool.ts'
import type { CheckFigures } from './tile-checks.ts'

/** alpha * A1 * A2 * ... + beta * C0. */
export interface ChainRequest extends Omit<FilesRequest, 'a' | 'b' | 'transA' | 'transB'> {
  /** Two or more. The first may be of one dimension, a row, and so may the last, a column. */
  readonly files: readonly string[]
}

/** `product` is the last product's shape, `memoryBytes` the most that one of them took; all else is of all products. */
export interface ChainResult extends FilesResult {
  /** As one would write it: `((A1*A2)*A3)`. */
  readonly order: string
}

/** The codes of multiplyFiles, and of chainOrder. What does not fit is found before anything is computed; no file is left behind. */
export async function multiplyChain(request: ChainRequest): Promise<ChainResult> {
  const startedMs = performance.now()
  const { files, output, alpha, beta, add, onProgress, ...common } = request
  const matrices = await Promise.all(files.map(path => factsOf(path, request.names)))
  const { tree, text, operations } = chainOrder(matrices.map(shapeInChain))
  const factors = { alpha, beta, ...(add !== undefined && { add }) }
  const parts = operationsOf(tree, matrices, {
    ...factors,
    added: add === undefined ? undefined : await factsOf(add, request.names),
  })
  const processor = request.processor ?? (await chooseProcessor(request.reproducible))
  const folder = await temporaryFolder(output)
  const sum = { flops: 0, computeMs: 0, readBytes: 0, writtenBytes: 0, steps: 0, memoryBytes: 0 }
  let checks: CheckFigures | undefined
  let made = 0

  /** Computes a part of the chain from the files of its parts, which are removed if they were made for it. */
  const compute = async (part: ChainTree, target?: string): Promise<FilesResult> => {
    if (typeof part === 'number') throw new GemmeshError('GEMMESH_INTERNAL', 'one matrix is no product')
    const [a, b] = [await fileOf(part[0]), await fileOf(part[1])]
    const before = sum.flops
    const result = await multiplyFiles({
      ...{ ...common, a, b, transA: false, transB: false, processor },
      ...(part === tree ? factors : { alpha: 1, beta: 0 }),
      ...(target !== undefined && { output: target }),
      onProgress: state => {
        const flops = before + state.fraction * (parts.get(part) ?? 0)
        onProgress({ ...state, fraction: operations === 0 ? 1 : flops / operations })
      },
    })
    for (const name of ['flops', 'computeMs', 'readBytes', 'writtenBytes', 'steps'] as const)
      sum[name] += result[name]
    sum.memoryBytes = Math.max(sum.memoryBytes, result.memoryBytes)
    checks = addedUp(checks, result.checks)
    for (const file of [a, b]) if (file.startsWith(folder)) await rm(file)
    return result
  }
  const fileOf = async (part: ChainTree): Promise<string> => {
    if (typeof part === 'number') return files[part] ?? ''
    const target = join(folder, `${made++}.npy`)
    await compute(part, target)
    return target
  }
  try {
    const last = await compute(tree, output)
    const elapsedMs = performance.now() - startedMs
    return {
      ...last,
      ...sum,
      ...(checks && { checks }),
      elapsedMs,
      gflops: gflopsOf(sum.flops, sum.computeMs),
      order: text,
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const addedUp = (before?: CheckFigures, next?: CheckFigures): CheckFigures | undefined =>
  before === undefined || next === undefined
    ? next
    : {
        method: next.method,
        tiles: before.tiles + next.tiles,
        rowsUnchecked: before.rowsUnchecked + next.rowsUnchecked,
        worst: Math.max(before.worst, next.worst),
      }

async function factsOf(path: string, names?: ReadonlyMap<string, string>): Promise<OperandFacts> {
  const reader = await NpyReader.open(path, names?.get(path))
  await reader.close()
  const { dtype, shape } = reader.header
  return { name: reader.name, dtype, shape }
}

function shapeInChain(
  { name, shape: [rows = 0, columns] }: OperandFacts,
  index: number,
  all: object[],
): Shape {
  if (columns !== undefined) return [rows, columns]
  if (index === 0) return [1, rows]
  if (index === all.length - 1) return [rows, 1]
  throw new GemmeshError(
    'GEMMESH_SHAPE_MISMATCH',
    `${name} has one dimension, and stands between matrices: only the first (a row) and the last (a column) may. Give it two dimensions.`,
  )
}

interface Last {
  readonly alpha: number
  readonly beta: number
  readonly added: OperandFacts | undefined
}

/** 2*m*n*k of each product, or what productOf says of one of them. */
function operationsOf(
  tree: ChainTree,
  matrices: readonly OperandFacts[],
  last: Last,
): ReadonlyMap<ChainTree, number> {
  const operations = new Map<ChainTree, number>()
  const facts = (part: ChainTree, factors?: Last): OperandFacts => {
    if (typeof part !== 'number') {
      const [a, b] = [facts(part[0]), facts(part[1])]
      const product = productOf({
        ...{ a, b, transA: false, transB: false, alpha: 1, beta: 0, added: undefined },
        ...factors,
      })
      operations.set(part, 2 * product.m * product.n * product.k)
      return { name: `${a.name}*${b.name}`, dtype: a.dtype, shape: product.shape }
    }
    const matrix = matrices[part]
    if (matrix === undefined) throw new GemmeshError('GEMMESH_INTERNAL', `the chain has no matrix ${part}`)
    return matrix
  }
  facts(tree, last)
  return operations
}

/** Beside the result, since what lies between may be as large. */
async function temporaryFolder(output: string | undefined): Promise<string> {
  const parent = output === undefined ? tmpdir() : dirname(output)
  try {
    return await mkdtemp(join(parent, '.gemmesh-chain-'))
  } catch (error) {
    throw writeFault(error, parent)
  }
}
