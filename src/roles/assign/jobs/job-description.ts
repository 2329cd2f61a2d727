/** What master-assign keeps of a job beside the scheduler: from a user's request to the messages about it. */
import type { JobRequest, PredictionView } from '../../../api/schemas.ts'
import { inPrograms } from '../../../core/matrix.ts'
import { operandGrid } from '../../../core/operand-grid.ts'
import { unitsOf } from '../../../core/plan/units.ts'
import type { Plan } from '../../../core/plan.ts'
import { type OperandFacts, type Product, productOf, type StoredOperand } from '../../../core/product.ts'
import type { Instruction } from '../../../core/scheduler.ts'
import { isExact } from '../../../core/semiring.ts'
import { GemmeshError } from '../../../errors.ts'
import type { ProcessorImage } from '../../../kernel/processor.ts'
import { reproducibleDepth, reproducibleImages } from '../../../kernel/reproducible.ts'
import type { OpenJob, Operand, WorkUnit } from '../../../protocol/messages.ts'
import type { OperandSource } from '../operands.ts'
import { namedProcessors } from '../processor-catalogue.ts'

export interface JobDescription {
  readonly request: JobRequest
  readonly product: Product
  readonly operands: JobOperands
  readonly processors: readonly ProcessorImage[]
  readonly submittedAt: Date
  /** What was said of it before a restart. */
  readonly prediction?: PredictionView | undefined
  /** Of the vectors that tiles are checked with, hex; undefined where the job asked for no checks. No slave may know it. */
  readonly verificationSeed?: string | undefined
}

/** By their part in the product. */
export interface JobOperands {
  readonly a: OperandSource
  readonly b: OperandSource
  readonly added?: OperandSource | undefined
}

/** Where things are, as the messages say it. */
export interface Origins {
  readonly assign: string
  readonly combine: string
}

/** What productOf says of matrices that do not fit. */
export function describeJob(
  request: JobRequest,
  operands: JobOperands,
  processors: readonly ProcessorImage[],
  submittedAt: Date,
): JobDescription {
  const { c, transA = false, transB = false, alpha = 1, semiring = 'plus-times' } = request
  const { reproducible = false } = request
  const beta = request.beta ?? (c === undefined ? 0 : 1)
  const facts = (name: string, { header }: OperandSource): OperandFacts => {
    const { dtype, shape } = header
    return { name, dtype, shape }
  }
  const product = productOf({
    a: facts('A', operands.a),
    b: facts('B', operands.b),
    added: operands.added && facts('C', operands.added),
    transA,
    transB,
    alpha,
    beta,
    semiring,
    transposeNames: inPrograms,
  })
  return {
    request: { ...request, alpha, beta, semiring, reproducible },
    product,
    operands,
    processors: reproducible ? reproducibleImages(processors) : processors,
    submittedAt,
  }
}

/**
 * GEMMESH_USAGE where the job is to be reproducible and cannot be. Operands travel in blocks, so that a product is cut along k
 * where a block ends: all of that has to be among the multiples.
 */
export function checkCuts({ request, product: { k } }: JobDescription, blockEdge: number): void {
  if (request.reproducible !== true) return
  if (k <= blockEdge || blockEdge % reproducibleDepth === 0) return
  throw new GemmeshError(
    'GEMMESH_USAGE',
    `The cluster's block-edge is ${blockEdge}, which cuts an inner dimension of ${k} elsewhere than at the multiples of ` +
      `${reproducibleDepth} that reproducible products are cut at. Set block-edge to a multiple of ${reproducibleDepth} on all nodes, or leave reproducible out.`,
  )
}

export function openJobMessage(
  job: string,
  { product, request, verificationSeed }: JobDescription,
  plan: Plan,
  origins: Origins,
): OpenJob {
  const { semiring = 'plus-times', reproducible = false } = request
  return {
    job,
    dtype: product.dtype,
    rows: product.m,
    columns: product.n,
    dimensions: product.shape.length,
    tiles: Array.from(unitsOf(plan), ({ tile, layer }) => ({ ...tile, row: layer * product.m + tile.row })),
    replyTo: origins.assign,
    layers: Math.max(1, plan.layers),
    semiring,
    exact: reproducible || isExact(semiring, product.dtype),
    verificationSeed,
  }
}

export function workUnitMessage(
  description: JobDescription,
  { ref, tile, depth, leaseMs }: Omit<Extract<Instruction, { type: 'assign-unit' }>, 'type' | 'slave'>,
  blockEdge: number,
  origins: Origins,
): WorkUnit {
  const { product, operands, request, processors } = description
  const operand = ({ id, file, url }: OperandSource, { stored, transposed }: StoredOperand): Operand => {
    const { blockRows, blockColumns } = operandGrid(stored, blockEdge)
    const [rows, columns] = stored
    const grid = { rows, columns, blockRows, blockColumns }
    return { matrix: id, ...grid, transposed, source: origins.assign, file, url }
  }
  const added = depth.start === 0 ? product.added : undefined
  return {
    id: ref,
    dtype: product.dtype,
    tile,
    k: product.k,
    alpha: request.alpha ?? 1,
    // What is added to the product, is to its first part.
    beta: depth.start === 0 ? (request.beta ?? 0) : 0,
    a: operand(operands.a, product.a),
    b: operand(operands.b, product.b),
    ...(added === undefined || operands.added === undefined ? {} : { c: operand(operands.added, added) }),
    processors: namedProcessors(processors),
    processorSource: origins.assign,
    combine: origins.combine,
    replyTo: origins.assign,
    leaseMs,
    semiring: request.semiring ?? 'plus-times',
    reproducible: request.reproducible ?? false,
    kStart: depth.start,
    kEnd: depth.end,
  }
}
