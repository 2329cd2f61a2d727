/** What master-assign keeps of a job beside the scheduler: from a user's request to the messages about it. */
import type { JobRequest } from '../../api/schemas.ts'
import { operandGrid } from '../../core/operand-grid.ts'
import { unitsOf } from '../../core/plan/units.ts'
import type { Plan } from '../../core/plan.ts'
import { type OperandFacts, type Product, productOf, type StoredOperand } from '../../core/product.ts'
import type { Instruction } from '../../core/scheduler.ts'
import { GemmeshError } from '../../errors.ts'
import type { ProcessorImage } from '../../kernel/processor.ts'
import { reproducibleDepth, reproducibleImages } from '../../kernel/reproducible.ts'
import type { OpenJob, Operand, WorkUnit } from '../../protocol/messages.ts'
import type { MatrixFile } from '../../store/matrices.ts'
import { namedProcessors } from './processor-catalogue.ts'

export interface JobDescription {
  readonly request: JobRequest
  readonly product: Product
  /** SHA-256 of the matrices, by their part in the product. */
  readonly matrices: { readonly a: string; readonly b: string; readonly added?: string }
  readonly processors: readonly ProcessorImage[]
  readonly submittedAt: Date
}

/** Where things are, as the messages say it. */
export interface Origins {
  readonly assign: string
  readonly combine: string
}

/** GEMMESH_MATRIX_UNKNOWN, GEMMESH_USAGE for cuts that cannot be reproducible, or what productOf says of matrices that do not fit. */
export function describeJob(
  request: JobRequest,
  matrix: (id: string) => MatrixFile,
  processors: readonly ProcessorImage[],
  submittedAt: Date,
  blockEdge: number,
): JobDescription {
  const { a, b, c, transA = false, transB = false, alpha = 1, semiring = 'plus-times' } = request
  const { reproducible = false } = request
  const beta = request.beta ?? (c === undefined ? 0 : 1)
  const facts = (name: string, id: string): OperandFacts => {
    const { dtype, shape } = matrix(id).header
    return { name, dtype, shape }
  }
  const product = productOf({
    a: facts('A', a),
    b: facts('B', b),
    added: c === undefined ? undefined : facts('C', c),
    transA,
    transB,
    alpha,
    beta,
    semiring,
  })
  const matrices = { a, b, ...(c === undefined ? {} : { added: c }) }
  if (reproducible) checkCuts(product.k, blockEdge)
  return {
    request: { ...request, alpha, beta, semiring, reproducible },
    product,
    matrices,
    processors: reproducible ? reproducibleImages(processors) : processors,
    submittedAt,
  }
}

/** Operands travel in blocks, so that a product is cut along k where a block ends: all of that has to be among the multiples. */
function checkCuts(k: number, blockEdge: number): void {
  if (k <= blockEdge || blockEdge % reproducibleDepth === 0) return
  throw new GemmeshError(
    'GEMMESH_USAGE',
    `The cluster's block-edge is ${blockEdge}, which cuts an inner dimension of ${k} elsewhere than at the multiples of ` +
      `${reproducibleDepth} that reproducible products are cut at. Set block-edge to a multiple of ${reproducibleDepth} on all nodes, or leave reproducible out.`,
  )
}

export function openJobMessage(
  job: string,
  { product, request }: JobDescription,
  plan: Plan,
  origins: Origins,
): OpenJob {
  return {
    job,
    dtype: product.dtype,
    rows: product.m,
    columns: product.n,
    dimensions: product.shape.length,
    tiles: Array.from(unitsOf(plan), ({ tile, layer }) => ({ ...tile, row: layer * product.m + tile.row })),
    replyTo: origins.assign,
    layers: Math.max(1, plan.layers),
    semiring: request.semiring ?? 'plus-times',
  }
}

export function workUnitMessage(
  description: JobDescription,
  { ref, tile, depth, leaseMs }: Omit<Extract<Instruction, { type: 'assign-unit' }>, 'type' | 'slave'>,
  blockEdge: number,
  origins: Origins,
): WorkUnit {
  const { product, matrices, request, processors } = description
  const operand = (matrix: string, { stored, transposed }: StoredOperand): Operand => {
    const { blockRows, blockColumns } = operandGrid(stored, blockEdge)
    const [rows, columns] = stored
    return { matrix, rows, columns, blockRows, blockColumns, transposed, source: origins.assign }
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
    a: operand(matrices.a, product.a),
    b: operand(matrices.b, product.b),
    ...(added === undefined || matrices.added === undefined ? {} : { c: operand(matrices.added, added) }),
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
