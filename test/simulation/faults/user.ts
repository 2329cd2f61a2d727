/** A user with one job: submits it with a key, says it again, maybe cancels it, waits, and looks at the result closely. */
import type { JobRequest, JobView } from '../../../src/api/schemas.ts'
import type { UsersService } from '../../../src/api/users-api.ts'
import { asGemmeshError, type GemmeshError } from '../../../src/errors.ts'
import type { JobSpec, Jobs } from './jobs.ts'
import { Life, type Sim } from './sim.ts'
import type { SimMaster } from './sim-masters.ts'
import type { SimNetwork } from './sim-network.ts'

export interface UserPlan {
  readonly spec: JobSpec
  readonly submitAtMs: number
  /** After it was accepted. */
  readonly cancelAfterMs?: number | undefined
  /** After it was accepted, with the same key. */
  readonly repeatAfterMs: readonly number[]
}

export interface UserWorld {
  readonly sim: Sim
  readonly network: SimNetwork
  readonly jobs: Jobs
  readonly assign: SimMaster
  readonly assignOrigin: string
  readonly combine: SimMaster
  readonly combineOrigin: string
  readonly accepted: (id: string) => void
}

export type Ended = 'done' | 'failed' | 'cancelled'

export class User {
  readonly name: string
  readonly #plan: UserPlan
  readonly #world: UserWorld
  id: string | undefined
  state: Ended | undefined
  isOver = false
  wasCancelled = false

  constructor(name: string, plan: UserPlan, world: UserWorld) {
    this.name = name
    this.#plan = plan
    this.#world = world
  }

  async live(): Promise<void> {
    const { sim, accepted, jobs } = this.#world
    const { spec, submitAtMs, cancelAfterMs, repeatAfterMs } = this.#plan
    await sim.sleep(submitAtMs)
    const { id } = await this.#submit()
    this.id = id
    jobs.accepted(id, spec)
    accepted(id)
    for (const afterMs of repeatAfterMs) this.#repeat(id, afterMs)
    if (cancelAfterMs !== undefined) sim.later(cancelAfterMs, () => this.#cancel(id))
    const ended = await this.#wait(id)
    this.state = ended
    if (ended === 'done') await this.checkResult('when it was done')
    this.isOver = true
  }

  /** What is known of the job now, whatever happened since. */
  async checkAgain(when: string): Promise<void> {
    const { id, state } = this
    if (id === undefined || state === undefined) return
    const view = await this.#persist(users => users.job(id), `job ${id} is not known ${when}`)
    if (view !== undefined && view.state !== state)
      this.#world.sim.fault(`job ${id} was ${state}, and is ${view.state} ${when}`)
    if (state === 'done') await this.checkResult(when)
  }

  async checkResult(when: string): Promise<void> {
    const { sim, jobs, combine, combineOrigin, network } = this.#world
    const { id } = this
    if (id === undefined) return
    for (;;) {
      try {
        const file = await network.ask(caller, combineOrigin, async () => {
          const path = await combine.combine?.resultPath(id)
          return path === undefined ? undefined : combine.disk.bytes(path)?.slice()
        })
        const difference = file === undefined ? 'it is not there' : jobs.differenceIn(id, file)
        if (difference !== undefined) sim.fault(`the result of job ${id} is wrong ${when}: ${difference}`)
        return
      } catch (error) {
        if (!isAway(error)) {
          sim.fault(`the result of job ${id} cannot be had ${when}: ${asGemmeshError(error).message}`)
          return
        }
        await sim.sleep(this.#pauseMs())
      }
    }
  }

  async #submit(): Promise<JobView> {
    const request = requestOf(this.#plan.spec)
    const view = await this.#persist(
      users => users.submit(request, this.name),
      `a job of ${this.name} was refused`,
    )
    return view ?? new Promise<never>(() => {})
  }

  async #repeat(id: string, afterMs: number): Promise<void> {
    await this.#world.sim.sleep(afterMs)
    const again = await this.#submit()
    if (again.id !== id)
      this.#world.sim.fault(`the key of ${this.name} stood for job ${id}, and stands for ${again.id} now`)
  }

  async #cancel(id: string): Promise<void> {
    if (this.isOver) return
    this.wasCancelled = true
    const view = await this.#persist(async users => users.cancel(id), `job ${id} cannot be cancelled`)
    if (view !== undefined && view.state !== 'cancelled' && view.state !== 'done' && view.state !== 'failed')
      this.#world.sim.fault(`job ${id} was cancelled, and is ${view.state}`)
  }

  async #wait(id: string): Promise<Ended> {
    for (;;) {
      const view = await this.#persist(users => users.job(id), `job ${id}, which was accepted, is not known`)
      switch (view?.state) {
        case undefined:
          return 'failed'
        case 'done':
          return 'done'
        case 'cancelled':
          if (!this.wasCancelled) this.#world.sim.fault(`job ${id} is cancelled, though nobody asked for it`)
          return 'cancelled'
        case 'failed':
          this.#world.sim.fault(`job ${id} failed: ${view.fault?.code} ${view.fault?.message}`)
          return 'failed'
        default:
          await this.#world.sim.sleep(this.#pauseMs())
      }
    }
  }

  /** Asks master-assign until it answers; any other answer than a good one is a fault. */
  async #persist<T>(ask: (users: UsersService) => T | Promise<T>, fault: string): Promise<T | undefined> {
    const { sim, network, assign, assignOrigin } = this.#world
    for (;;) {
      try {
        return await network.ask(caller, assignOrigin, async () => {
          const { users } = assign
          if (users === undefined) return new Promise<never>(() => {})
          return ask(users)
        })
      } catch (error) {
        if (!isAway(error)) {
          sim.fault(`${fault}: ${asGemmeshError(error).code} ${asGemmeshError(error).message}`)
          return undefined
        }
        await sim.sleep(this.#pauseMs())
      }
    }
  }

  #pauseMs(): number {
    return 300 + this.#world.sim.random.next() * 2000
  }
}

const caller = { life: new Life('user'), machine: 'user', ip: '10.0.9.9' }

/** May pass. */
function isAway(error: unknown): boolean {
  const { code, kind }: GemmeshError = asGemmeshError(error)
  return kind.retryable && code !== 'GEMMESH_JOB_UNFINISHED'
}

function requestOf({ a, b, c, transA, transB, alpha, beta }: JobSpec): JobRequest {
  return { operation: 'gemm', a, b, transA, transB, alpha, ...(c !== undefined && { c, beta }) }
}
