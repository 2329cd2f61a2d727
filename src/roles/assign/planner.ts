/** Plans jobs so that they end soonest, says beforehand what they will take, and learns from what they took. */
import type { Cluster } from '../../config.ts'
import type { Performance } from '../../core/performance.ts'
import type { Plan, PlanRequest } from '../../core/plan.ts'
import { type CostRecord, JobCosts } from '../../core/predict/job-costs.ts'
import {
  checkFits,
  type Explained,
  explainJob,
  learn,
  type Prediction,
  type PredictOptions,
  type SlaveFacts,
} from '../../core/predict.ts'
import type { Product } from '../../core/product.ts'
import type { SlaveSnapshot } from '../../core/scheduler.ts'
import { isExact, type Semiring } from '../../core/semiring.ts'

/** What a job computes, as far as its plan depends on it. */
export interface PlannedWork {
  readonly product: Product
  readonly semiring: Semiring
  readonly reproducible: boolean
}

interface Planned extends Explained {
  readonly kind: string
  /** Other jobs ran meanwhile: how long it took says nothing of it alone. */
  shared: boolean
  ended: boolean
}

export class Planner {
  readonly #cluster: Cluster
  readonly #performance: Performance
  readonly #slaves: () => readonly SlaveSnapshot[]
  readonly #costs: JobCosts
  readonly #jobs = new Map<string, Planned>()
  /** Planned and not ended. */
  readonly #running = new Set<Planned>()

  /** `known`: what jobs took before a restart; of slaves that are not in the configuration nothing is taken. */
  constructor(
    cluster: Cluster,
    performance: Performance,
    slaves: () => readonly SlaveSnapshot[],
    known: readonly CostRecord[] = [],
  ) {
    const names = new Set(cluster.slaves.map(({ name }) => name))
    this.#costs = new JobCosts(known.filter(({ slave }) => names.has(slave)))
    this.#cluster = cluster
    this.#performance = performance
    this.#slaves = slaves
  }

  /**
   * What a job would be given to the slaves that are present; to all that are configured, where none is.
   * GEMMESH_MEMORY_EXCEEDED where it does not fit.
   */
  explain(work: PlannedWork): Explained {
    const { unitEdge, blockEdge } = this.#cluster.options
    const cutsDepth = mayCutDepth(work)
    const present = this.#slaves().filter(({ state }) => state === 'present')
    const names = (present.length > 0 ? present : this.#cluster.slaves).map(({ name }) => name)
    const options = this.#optionsFor(names, work)
    const explain = (edge: number) =>
      explainJob({ job: 'plan', unitEdge: edge, cutsDepth }, work.product, options)
    const explained = explain(unitEdge)
    checkFits(explained.prediction, { unitEdge, blockEdge }, edge => explain(edge).prediction)
    return explained
  }

  /** The plan of a job that begins. */
  plan({ job, slaves, ...request }: PlanRequest, work: PlannedWork): Plan {
    const names = slaves.map(({ name }) => name)
    const planned: Planned = {
      ...explainJob(
        { job, ...request, cutsDepth: mayCutDepth(work) },
        work.product,
        this.#optionsFor(names, work),
      ),
      kind: kindOf(work),
      shared: this.#running.size > 0,
      ended: false,
    }
    for (const other of this.#running) other.shared = true
    this.#jobs.set(job, planned)
    this.#running.add(planned)
    return planned.plan
  }

  /** `ms` after its first unit was handed out; undefined where it came to nothing. */
  ended(job: string, ms: number | undefined): void {
    const planned = this.#jobs.get(job)
    if (planned === undefined) return
    this.#running.delete(planned)
    if (ms !== undefined && !planned.shared && !planned.ended)
      learn(this.#costs, planned.kind, planned.prediction, ms)
    planned.ended = true
  }

  forget(job: string): void {
    this.ended(job, undefined)
    this.#jobs.delete(job)
  }

  /** What jobs took so far, to be kept across a restart. */
  costs(): CostRecord[] {
    return this.#costs.records()
  }

  /** What was said of a job when it began. */
  predictionOf(job: string): (Pick<Explained, 'alone'> & { readonly prediction: Prediction }) | undefined {
    return this.#jobs.get(job)
  }

  #optionsFor(names: readonly string[], work: PlannedWork): PredictOptions {
    const { dtype } = work.product
    const present = new Map(this.#slaves().map(slave => [slave.name, slave]))
    const configured = new Map(this.#cluster.slaves.map(slave => [slave.name, slave]))
    const slaves = names.map(
      (name): SlaveFacts => ({
        name,
        performance: this.#performance.of(name, dtype, work.semiring),
        gflops: this.#performance.gflops(name, dtype, work.semiring),
        memoryBytes:
          present.get(name)?.memoryBytes ??
          configured.get(name)?.memory ??
          this.#cluster.options.slaveMemoryBytes,
      }),
    )
    return { blockEdge: this.#cluster.options.blockEdge, slaves, kind: kindOf(work), costs: this.#costs }
  }
}

const kindOf = ({ product, semiring }: PlannedWork): string => `${semiring} ${product.dtype}`

/** A sum of parts of floats has other bits than one sum. */
const mayCutDepth = ({ product, semiring, reproducible }: PlannedWork): boolean =>
  !reproducible || isExact(semiring, product.dtype)
