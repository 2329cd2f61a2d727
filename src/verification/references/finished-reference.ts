/** A unit's reference from the sums of its operands with the vectors. */
import type { Interval } from '../../core/geometry.ts'
import { rowBounds, type TileFacts } from '../../core/verify/bounds.ts'
import type { UnitReference } from '../../core/verify/reference.ts'
import { vectorCount } from '../../core/verify/vectors.ts'
import { blocking } from '../../kernel/blocking.ts'
import { reproducibleDepth } from '../../kernel/reproducible.ts'
import type { ReferenceJob, ReferenceUnit } from './reference-job.ts'

/** For each row of a tile eight integers, or three numbers and a norm: vector by vector. */
export type UnitSums = Float64Array | Int32Array

/** `product`: A * B * X, with |A| * norms of B; `added`: C0 * X with norms of C0. `vectors`: X of the unit's columns. */
export function finishedReference(
  job: ReferenceJob,
  unit: ReferenceUnit,
  vectors: Float64Array,
  product: UnitSums,
  added: UnitSums | undefined,
): UnitReference {
  const { rows } = unit.tile
  if (product instanceof Int32Array) {
    const [alpha, beta] = [job.alpha, added === undefined ? 0 : job.beta]
    const values = product.map((sum, index) => Math.imul(alpha, sum) + Math.imul(beta, added?.[index] ?? 0))
    return { unit: unit.unit, values: bytesOf(values), bounds: new Uint8Array() }
  }
  const facts = factsOf(job, unit, vectors, added !== undefined)
  const boundOf = rowBounds(facts)
  const values = new Float64Array(vectorCount.real * rows)
  for (let index = 0; index < values.length; index++) {
    const ofProduct = facts.alpha === 0 ? 0 : facts.alpha * (product[index] ?? 0)
    values[index] = added === undefined ? ofProduct : ofProduct + facts.beta * (added[index] ?? 0)
  }
  const bounds = new Float64Array(rows)
  for (let row = 0; row < rows; row++) {
    const place = vectorCount.real * rows + row
    bounds[row] = boundOf({ product: product[place] ?? 0, added: added?.[place] ?? 0 })
    for (let at = row; at < values.length; at += rows)
      if (!Number.isFinite(values[at])) bounds[row] = Number.POSITIVE_INFINITY
  }
  return { unit: unit.unit, values: bytesOf(values), bounds: bytesOf(bounds) }
}

function factsOf(
  { product, alpha, beta, stepDepth, reproducible }: ReferenceJob,
  { tile, depth }: ReferenceUnit,
  vectors: Float64Array,
  isAdded: boolean,
): TileFacts {
  const { dtype } = product
  // The factors as kernels have them: of the matrices' own type.
  const factor = (value: number) => (dtype === 'float32' ? Math.fround(value) : value)
  const { steps, longest } = cut(depth, stepDepth)
  const deepest = reproducible ? reproducibleDepth : blocking[dtype].kc
  return {
    dtype,
    alpha: factor(alpha),
    beta: isAdded ? factor(beta) : 0,
    columns: tile.columns,
    depth: depth.end - depth.start,
    blockDepth: Math.min(longest, deepest),
    blocks: steps * Math.ceil(longest / deepest),
    vectorLength: longestVector(vectors),
  }
}

function cut({ start, end }: Interval, step: number): { steps: number; longest: number } {
  if (start === end) return { steps: 0, longest: 0 }
  return {
    steps: Math.floor((end - 1) / step) - Math.floor(start / step) + 1,
    longest: Math.min(step, end - start),
  }
}

function longestVector(vectors: Float64Array): number {
  const columns = vectors.length / vectorCount.real
  let longest = 0
  for (let start = 0; start < vectors.length; start += columns) {
    let squares = 0
    for (let at = start; at < start + columns; at++) squares += (vectors[at] ?? 0) ** 2
    longest = Math.max(longest, squares)
  }
  return Math.sqrt(longest)
}

const bytesOf = ({ buffer, byteOffset, byteLength }: UnitSums): Uint8Array<ArrayBuffer> =>
  new Uint8Array(new Uint8Array(buffer, byteOffset, byteLength))
