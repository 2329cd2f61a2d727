/** How long a planned job will take, what moves over which link, and whether it fits: from the plan, before it runs. */
import { GemmeshError } from '../errors.ts'
import { bytesPerElement } from './matrix.ts'
import { type Plan, type PlanRequest, planJob } from './plan.ts'
import { blockLengths, type Demand, demandOf } from './predict/demand.ts'
import { type Costs, type JobCosts, msOf } from './predict/job-costs.ts'
import type { Product } from './product.ts'

/** Assumed where nothing was measured; docs/PLANNING.md says so to users. */
export const assumed = {
  /** Float32 GFLOPS of a slave of performance 1: about one core. */
  gflopsOfOne: 40,
  /** 1 Gbit/s, and of it what HTTP leaves. */
  linkBytesPerMs: 115_000,
  /** Planning, opening at master-combine, handing out, making the result durable. */
  jobMs: 20,
} as const

export interface SlaveFacts {
  readonly name: string
  readonly performance: number
  /** Of large units, as measured; undefined where that was never done. */
  readonly gflops?: number | undefined
  /** For blocks and tiles; undefined where it is not known. */
  readonly memoryBytes?: number | undefined
}

export interface SlavePrediction {
  readonly name: string
  readonly demand: Demand
  readonly computeMs: number
  /** Of the whole job's bytes, which share the masters' links. */
  readonly transferMs: number
  readonly ms: number
  /** How many jobs its costs were learned from; 0: its figures are assumed. */
  readonly jobs: number
  readonly memoryBytes?: number
}

export interface Prediction {
  /** From the first unit handed out to the sealed result. */
  readonly ms: number
  readonly slaves: readonly SlavePrediction[]
  readonly fetchBytes: number
  readonly sendBytes: number
}

export interface PredictOptions {
  readonly blockEdge: number
  readonly slaves: readonly SlaveFacts[]
  /** Semiring and dtype: costs of another kind of work say nothing. */
  readonly kind: string
  readonly costs?: JobCosts | undefined
}

/** Of the memory, what units may reserve; the rest takes up the allocator's gaps between blocks of unlike sizes. */
export const reservableShare = 0.9

/** The job ends with its slowest slave. */
export function predictJob(plan: Plan, product: Product, options: PredictOptions): Prediction {
  const { blockEdge, kind, costs } = options
  const facts = new Map(options.slaves.map(slave => [slave.name, slave]))
  const shares = plan.shares
    .filter(({ units }) => units > 0)
    .map(({ slave, performance, grids }) => {
      const fact = facts.get(slave) ?? { name: slave, performance }
      const memoryBytes = (fact.memoryBytes ?? Number.POSITIVE_INFINITY) * reservableShare
      return { fact, demand: demandOf(grids, product, { blockEdge, memoryBytes }) }
    })
  const total = (bytes: (demand: Demand) => number) =>
    shares.reduce((sum, { demand }) => sum + bytes(demand), 0)
  const [fetchBytes, sendBytes] = [total(one => one.fetchBytes), total(one => one.sendBytes)]
  const slaves = shares.map(({ fact, demand }): SlavePrediction => {
    const cost = costsOf(fact, product, options)
    return {
      name: fact.name,
      demand,
      computeMs: demand.flops * cost.perFlop,
      transferMs: fetchBytes * cost.perByteIn + sendBytes * cost.perByteOut,
      ms: msOf(cost, { flops: demand.flops, bytesIn: fetchBytes, bytesOut: sendBytes }),
      jobs: costs?.jobs(fact.name, kind) ?? 0,
      ...(fact.memoryBytes !== undefined && { memoryBytes: fact.memoryBytes }),
    }
  })
  return { ms: Math.max(0, ...slaves.map(({ ms }) => ms)), slaves, fetchBytes, sendBytes }
}

/** The job of a prediction took so long: the slaves' costs follow. */
export function learn(
  costs: JobCosts,
  kind: string,
  { slaves, fetchBytes, sendBytes }: Prediction,
  ms: number,
): void {
  for (const { name, demand } of slaves) {
    costs.record(name, kind, { flops: demand.flops, bytesIn: fetchBytes, bytesOut: sendBytes }, ms)
  }
}

function costsOf(slave: SlaveFacts, { dtype }: Product, { costs, kind }: PredictOptions): Costs {
  const speedOfDtype = 4 / bytesPerElement[dtype]
  const gflops = slave.gflops ?? assumed.gflopsOfOne * slave.performance * speedOfDtype
  const start: Costs = {
    perFlop: 1 / (gflops * 1e6),
    perByteIn: 1 / assumed.linkBytesPerMs,
    perByteOut: 1 / assumed.linkBytesPerMs,
    perJob: assumed.jobMs,
  }
  return costs?.of(slave.name, kind, start) ?? start
}

/**
 * GEMMESH_MEMORY_EXCEEDED where a slave could not hold the largest unit of its share, with what is missing and the smallest
 * change that helps; `predict` says how the same job is with another unit edge.
 */
export function checkFits(
  { slaves }: Prediction,
  edges: { readonly unitEdge: number; readonly blockEdge: number },
  predict: (unitEdge: number) => Prediction,
): void {
  const tight = slaves.filter(lacksMemory)
  const [worst] = tight.toSorted((a, b) => b.demand.unitBytes - a.demand.unitBytes)
  if (worst?.memoryBytes === undefined) return
  const needed = Math.ceil(worst.demand.unitBytes / reservableShare)
  let unitEdge = 2 ** Math.ceil(Math.log2(edges.unitEdge) - 1)
  while (unitEdge >= leastUnitEdge && predict(unitEdge).slaves.some(lacksMemory)) unitEdge /= 2
  const smaller =
    unitEdge >= leastUnitEdge
      ? `set the option unit-edge to ${unitEdge} (it is ${edges.unitEdge})`
      : `set the option block-edge below ${edges.blockEdge}`
  const others = tight.length > 1 ? `; ${tight.length - 1} more of the slaves have too little as well` : ''
  throw new GemmeshError(
    'GEMMESH_MEMORY_EXCEEDED',
    `${worst.name} needs ${needed} bytes of memory for a work unit of this job and has ${worst.memoryBytes}: ` +
      `${needed - worst.memoryBytes} bytes are missing${others}. Raise the slave's memory to that, or ${smaller}.`,
  )
}

/** As the configuration's schema has it. */
const leastUnitEdge = 16

const lacksMemory = ({ demand, memoryBytes }: Pick<SlavePrediction, 'demand' | 'memoryBytes'>): boolean =>
  memoryBytes !== undefined && demand.unitBytes > memoryBytes * reservableShare

export interface Explained {
  readonly plan: Plan
  readonly prediction: Prediction
  /** One slave does it all, in one unit: what more of them save in computing, moving the data to them would cost. */
  readonly alone?: string
}

/** The plan that is expected to be done first: of all slaves, or of the fastest one alone. */
export function explainJob(
  request: Omit<PlanRequest, 'shape' | 'dtype' | 'slaves' | 'blocks'>,
  product: Product,
  options: PredictOptions,
): Explained {
  const { m, n, k, dtype } = product
  const blocks = blockLengths(product, options.blockEdge)
  const planFor = (slaves: readonly SlaveFacts[], unitEdge: number) => {
    const chosen = slaves.map(({ name, performance }) => ({ name, performance }))
    const plan = planJob({ ...request, shape: [m, n, k], dtype, slaves: chosen, unitEdge, blocks })
    return { plan, prediction: predictJob(plan, product, options) }
  }
  let unitEdge = balancedEdge([m, n], options.slaves.length, request.unitEdge)
  let together = planFor(options.slaves, unitEdge)
  while (unitEdge > shortEdge && together.prediction.slaves.some(lacksMemoryForTwo)) {
    unitEdge = Math.max(shortEdge, unitEdge >> 1)
    together = planFor(options.slaves, unitEdge)
  }
  const [fastest] = options.slaves.toSorted((a, b) => b.performance - a.performance)
  const isSmall = m * n > 0 && Math.max(m, n) <= Math.min(shortEdge, request.unitEdge)
  if (fastest === undefined || options.slaves.length < 2 || !isSmall) return together
  const alone = planFor([fastest], 2 * Math.max(m, n) + 1)
  const fits = !alone.prediction.slaves.some(lacksMemory)
  return fits && alone.prediction.ms < together.prediction.ms ? { ...alone, alone: fastest.name } : together
}

/**
 * The edge of units where longer ones have no place: a slave would get too few of them, or could not hold two. It is also that
 * of a small job, no longer and no wider than this, which may be one slave's alone.
 */
const shortEdge = 1024
/** A slave computes one unit and fetches the next; two more may go to others when it is late. */
const unitsWanted = 4

function balancedEdge([m, n]: readonly [number, number], slaves: number, longest: number): number {
  const edge = Math.ceil(Math.sqrt((m * n) / Math.max(1, unitsWanted * slaves)))
  return Math.min(longest, Math.max(shortEdge, edge))
}

const lacksMemoryForTwo = ({ demand, memoryBytes }: SlavePrediction): boolean =>
  memoryBytes !== undefined && 2 * demand.unitBytes > memoryBytes * reservableShare
