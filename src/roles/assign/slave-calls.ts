/** What master-assign says to its slaves, to each in order; what comes of it are events for the scheduler. */
import { origin } from '../../config.ts'
import type { Event, Instruction, Scheduler, UnitRef } from '../../core/scheduler.ts'
import { asGemmeshError, GemmeshError } from '../../errors.ts'
import type { WorkUnit } from '../../protocol/messages.ts'
import { isRefused } from '../../transport/unreachable.ts'
import type { Shell } from '../shell.ts'
import type { Outbox } from './outbox.ts'

export interface SlaveCallsOptions {
  readonly shell: Shell
  readonly outbox: Outbox
  readonly scheduler: Pick<Scheduler, 'isOut'>
  readonly dispatch: (event: Event) => void
  readonly signal: AbortSignal
}

export class SlaveCalls {
  readonly #options: SlaveCallsOptions

  constructor(options: SlaveCallsOptions) {
    this.#options = options
  }

  origin(name: string): string {
    const slave = this.#options.shell.cluster.slaves.find(candidate => candidate.name === name)
    if (slave !== undefined) return origin(slave)
    throw new GemmeshError(
      'GEMMESH_INTERNAL',
      `the scheduler named the slave ${name}, which is not in the configuration`,
    )
  }

  assign(slave: string, unit: WorkUnit): void {
    const { shell, outbox, scheduler, signal } = this.#options
    const { id: ref } = unit
    shell.logger.debug({ unit: ref, slave }, 'unit handed out')
    outbox.send(slave, async () => {
      // While it waited behind messages that the slave did not answer, others may have computed it.
      if (!scheduler.isOut(slave, ref)) return
      const call = () => shell.link.call(this.origin(slave), 'unit', unit, { signal })
      try {
        await call().catch(error => this.#again(slave, ref, asGemmeshError(error), call))
      } catch (error) {
        if (!signal.aborted) this.#notAccepted(slave, ref, asGemmeshError(error))
      }
    })
  }

  cancel({ slave, job, units }: Extract<Instruction, { type: 'cancel-units' }>): void {
    const { shell, outbox, signal } = this.#options
    outbox.send(slave, () =>
      shell.link.call(this.origin(slave), 'cancel', { job, units: [...units] }, { signal }),
    )
  }

  /**
   * A slave that refuses connections is gone. One whose connection ended may have lost just that, and taking the same attempt on
   * twice is nothing new to it: it is asked once more.
   */
  async #again(
    slave: string,
    ref: UnitRef,
    fault: GemmeshError,
    call: () => Promise<unknown>,
  ): Promise<void> {
    const { scheduler, signal } = this.#options
    if (fault.code !== 'GEMMESH_NODE_UNREACHABLE' || isRefused(fault) || signal.aborted) throw fault
    if (scheduler.isOut(slave, ref)) await call()
  }

  #notAccepted(slave: string, ref: UnitRef, { code, message }: GemmeshError): void {
    const { dispatch } = this.#options
    switch (code) {
      case 'GEMMESH_BUSY':
        dispatch({ type: 'unit-refused', slave, ref, reason: message })
        break
      case 'GEMMESH_NODE_UNREACHABLE':
        dispatch({ type: 'slave-lost', slave, reason: message })
        break
      default:
        dispatch({ type: 'unit-failed', slave, ref, code, message })
    }
  }
}
