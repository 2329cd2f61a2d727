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
import { inPrograms } from '../../core/matrix.ts'
import { productOf } from '../../core/product.ts'
import { GemmeshError } from '../../errors.ts'
import { hexOfBytes } from '../../protocol/domain.ts'
import type { Matrices } from '../../store/matrices.ts'
import { version } from '../../version.ts'
import type { Shell } from '../shell.ts'
import { checkCuts, describeJob } from './jobs/job-description.ts'
import type { JobJournal } from './jobs/job-journal.ts'
import type { JobViews } from './jobs/job-views.ts'
import { plannedJob } from './jobs/plan-view.ts'
import type { Operands } from './operands.ts'
import type { Processors } from './processor-catalogue.ts'
import type { SchedulerShell } from './scheduler-shell.ts'

/** Of the seed of the vectors that tiles are checked with. */
const seedBytes = 16

export interface UsersServiceParts {
  readonly shell: Shell
  readonly epoch: number
  readonly matrices: Matrices
  readonly processors: Processors
  readonly scheduling: SchedulerShell
  readonly operands: Operands
  readonly journal: JobJournal
  readonly views: JobViews
}

export class AssignUsersService implements UsersService {
  readonly #parts: UsersServiceParts

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

  /** The job is durable when this resolves. A key that came before answers the job that it began, before a restart, too. */
  async submit(request: JobRequest, key?: string): Promise<JobView> {
    const { processors, operands: sources, scheduling, shell, journal } = this.#parts
    const before = await this.#jobOf(key)
    if (before !== undefined) return before
    const { a, b, c } = request
    const operands = {
      a: await sources.resolve(a),
      b: await sources.resolve(b),
      ...(c !== undefined && { added: await sources.resolve(c) }),
    }
    const images = await processors.read()
    // From here to the journal nothing is waited for: what comes with the same key finds the job.
    const meanwhile = key === undefined ? undefined : journal.jobOfKey(key)
    if (meanwhile !== undefined) return this.#accepted(meanwhile)
    const submittedAt = new Date(shell.world.wallNow())
    const { verify = shell.cluster.options.verify } = request
    const description = {
      ...describeJob({ ...request, verify }, operands, images, submittedAt),
      ...(verify && { verificationSeed: hexOfBytes(shell.world.randomBytes(seedBytes)) }),
    }
    checkCuts(description, shell.cluster.options.blockEdge)
    const { product } = description
    // What cannot fit is refused before it begins.
    const { semiring = 'plus-times', reproducible = false } = request
    scheduling.planner.explain({ product, semiring, reproducible })
    const job = shell.world.randomId()
    await scheduling.submit(job, description, key)
    const { m, n, k, dtype } = product
    shell.logger.info({ job, m, n, k, dtype }, 'job submitted')
    return this.job(job)
  }

  async #jobOf(key: string | undefined): Promise<JobView | undefined> {
    const known = key === undefined ? undefined : this.#parts.journal.jobOfKey(key)
    return known === undefined ? undefined : this.#accepted(known)
  }

  async #accepted(job: string): Promise<JobView> {
    await this.#parts.journal.accepted(job)
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
      transposeNames: inPrograms,
    })
    return plannedJob(product, this.#parts.scheduling.planner.explain({ product, semiring, reproducible }))
  }

  jobs(): readonly JobView[] {
    return this.#parts.views.all()
  }

  job(id: string): JobView {
    return this.#parts.views.get(id)
  }

  jobWithin(id: string, waitMs: number): Promise<JobView> {
    return this.#parts.views.within(id, waitMs)
  }

  async cancel(id: string): Promise<JobView> {
    this.job(id)
    await this.#parts.scheduling.cancel(id)
    return this.job(id)
  }

  receiptLocation(id: string): string {
    const { state, fault } = this.job(id)
    switch (state) {
      case 'failed':
        throw new GemmeshError(
          'GEMMESH_JOB_FAILED',
          `job ${id} failed and has no receipt: ${fault?.message ?? 'no reason is known'}`,
        )
      case 'cancelled':
        throw new GemmeshError('GEMMESH_JOB_CANCELLED', `job ${id} was cancelled and has no receipt`)
      case 'waiting':
        throw new GemmeshError('GEMMESH_JOB_UNFINISHED', `job ${id} waits: it has no receipt before it runs`)
      default:
        return `${this.#parts.scheduling.origins.combine}/v1/jobs/${id}/receipt`
    }
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
