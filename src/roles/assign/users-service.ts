/** What master-assign does for its users: matrices in, jobs, where results are. */
import type {
  ClusterView,
  JobRequest,
  JobView,
  OperandRequest,
  OperandView,
  PlannedJob,
  PlanRequest,
  StoredMatrix,
} from '../../api/schemas.ts'
import type { UsersService } from '../../api/users-api.ts'
import { productOf } from '../../core/product.ts'
import { GemmeshError } from '../../errors.ts'
import { hexOfBytes } from '../../protocol/domain.ts'
import type { Matrices } from '../../store/matrices.ts'
import { version } from '../../version.ts'
import type { Shell } from '../shell.ts'
import { describeJob } from './job-description.ts'
import { jobView } from './job-view.ts'
import type { OperandTallies } from './operand-tallies.ts'
import type { Operands } from './operands.ts'
import { plannedJob } from './plan-view.ts'
import type { Processors } from './processor-catalogue.ts'
import type { SchedulerShell } from './scheduler-shell.ts'

/** Of the seed of the vectors that tiles are checked with. */
const seedBytes = 16

/** Idempotency keys that are remembered; a repeat comes within seconds, this is hours of submissions. */
const keysKept = 10_000

export interface UsersServiceParts {
  readonly shell: Shell
  readonly epoch: number
  readonly matrices: Matrices
  readonly processors: Processors
  readonly scheduling: SchedulerShell
  readonly operands: Operands
  readonly tallies: OperandTallies
}

export class AssignUsersService implements UsersService {
  readonly #parts: UsersServiceParts
  readonly #jobOfKey = new Map<string, string>()

  constructor(parts: UsersServiceParts) {
    this.#parts = parts
  }

  async matrix(id: string): Promise<StoredMatrix> {
    const { header } = this.#parts.matrices.get(id)
    return {
      id,
      dtype: header.dtype,
      shape: [...header.shape],
      bytes: header.dataOffset + header.dataBytes,
    }
  }

  /** A key that came before answers the job that it began. */
  async submit(request: JobRequest, key?: string): Promise<JobView> {
    const { processors, operands: sources, scheduling, shell } = this.#parts
    const { a, b, c } = request
    const operands = {
      a: await sources.resolve(a),
      b: await sources.resolve(b),
      ...(c !== undefined && { added: await sources.resolve(c) }),
    }
    const images = await processors.read()
    // Nothing is waited for from here on: what comes with the same key finds the job.
    const known = key === undefined ? undefined : this.#jobOfKey.get(key)
    if (known !== undefined) return this.job(known)
    const submittedAt = new Date(shell.world.wallNow())
    const { blockEdge } = shell.cluster.options
    const { verify = shell.cluster.options.verify } = request
    const description = {
      ...describeJob({ ...request, verify }, operands, images, submittedAt, blockEdge),
      ...(verify && { verificationSeed: hexOfBytes(shell.world.randomBytes(seedBytes)) }),
    }
    const { product } = description
    // What cannot fit is refused before it begins.
    const { semiring = 'plus-times', reproducible = false } = request
    scheduling.planner.explain({ product, semiring, reproducible })
    const job = shell.world.randomId()
    scheduling.submit(job, description)
    if (key !== undefined) remember(this.#jobOfKey, key, job)
    const { m, n, k, dtype } = product
    shell.logger.info({ job, m, n, k, dtype }, 'job submitted')
    return this.job(job)
  }

  async locateOperand(operand: OperandRequest): Promise<OperandView> {
    const { id, header, file } = await this.#parts.operands.resolve(operand)
    return {
      id,
      dtype: header.dtype,
      shape: [...header.shape],
      bytes: header.dataOffset + header.dataBytes,
      ...(file !== undefined && { modifiedUs: file.modifiedUs, inode: file.inode }),
    }
  }

  plan(request: PlanRequest): PlannedJob {
    const { a, b, c, transA = false, transB = false, semiring = 'plus-times' } = request
    const { reproducible = false } = request
    const named = (name: string, facts: PlanRequest['a']) => ({ name, ...facts })
    const product = productOf({
      a: named('A', a),
      b: named('B', b),
      added: c && named('C', c),
      transA,
      transB,
      alpha: 1,
      beta: c === undefined ? 0 : 1,
      semiring,
    })
    return plannedJob(product, this.#parts.scheduling.planner.explain({ product, semiring, reproducible }))
  }

  jobs(): readonly JobView[] {
    const { scheduling, tallies } = this.#parts
    const now = scheduling.now()
    return scheduling.scheduler.jobViews().flatMap(snapshot => {
      const description = scheduling.description(snapshot.job)
      return description === undefined
        ? []
        : [jobView(snapshot, description, scheduling.planner.predictionOf(snapshot.job), tallies, now)]
    })
  }

  job(id: string): JobView {
    const { scheduling, tallies } = this.#parts
    const snapshot = scheduling.scheduler.jobView(id)
    const description = scheduling.description(id)
    if (snapshot !== undefined && description !== undefined)
      return jobView(snapshot, description, scheduling.planner.predictionOf(id), tallies, scheduling.now())
    throw new GemmeshError(
      'GEMMESH_JOB_UNKNOWN',
      `no job has the id ${JSON.stringify(id.slice(0, 80))}: GET /v1/jobs lists those that are known`,
    )
  }

  cancel(id: string): JobView {
    this.job(id)
    this.#parts.scheduling.dispatch({ type: 'job-cancelled', job: id })
    return this.job(id)
  }

  resultLocation(id: string, isRegion: boolean): string {
    const { state, fault } = this.job(id)
    const location = `${this.#parts.scheduling.origins.combine}/v1/jobs/${id}/result`
    // Whether all of the region is placed, master-combine knows.
    if (isRegion && (state === 'running' || state === 'sealing')) return location
    switch (state) {
      case 'done':
        return location
      case 'failed':
        throw new GemmeshError(
          'GEMMESH_JOB_FAILED',
          `job ${id} failed and has no result: ${fault?.message ?? 'no reason is known'}`,
        )
      case 'cancelled':
        throw new GemmeshError('GEMMESH_JOB_CANCELLED', `job ${id} was cancelled and has no result`)
      default:
        throw new GemmeshError('GEMMESH_JOB_UNFINISHED', `job ${id} is ${state}: ask again when it is done`)
    }
  }

  cluster(): ClusterView {
    const { shell, epoch, processors, scheduling } = this.#parts
    const { assign, combine } = shell.cluster
    return {
      version,
      epoch,
      assign: { name: assign.name, origin: scheduling.origins.assign },
      combine: { name: combine.name, origin: scheduling.origins.combine },
      processors: processors.current.map(({ variant, sha256, bytes }) => ({
        variant,
        sha256,
        bytes: bytes.byteLength,
      })),
      slaves: scheduling.scheduler.slaveViews().map(({ incarnation: _, ...slave }) => {
        const { name } = slave
        const { performance } = scheduling
        const own = performance.own(name)
        return {
          ...slave,
          origin: scheduling.slaveOrigin(name),
          measured: performance.measured(name),
          ...(own !== undefined && { own }),
          links: performance.links(name),
        }
      }),
    }
  }
}

function remember(map: Map<string, string>, key: string, value: string): void {
  map.set(key, value)
  for (const oldest of map.keys()) {
    if (map.size <= keysKept) break
    map.delete(oldest)
  }
}
