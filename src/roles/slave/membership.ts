/** A slave's standing with its master-assign: it registers, sends heartbeats, registers again when told to, and leaves. */
import { setTimeout as delay } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'
import { asGemmeshError, GemmeshError } from '../../errors.ts'
import { protocolVersion } from '../../protocol/limits.ts'
import type { OwnRates, Register, Registered, RunningUnit } from '../../protocol/messages.ts'
import type { Link } from '../../transport/link.ts'
import type { Traffic } from '../../transport/traffic.ts'
import { Heartbeats } from './heartbeats.ts'

export interface MembershipOptions {
  readonly link: Link
  readonly master: string
  readonly register: Omit<Register, 'protocolVersion' | 'own'>
  /** Of the configuration; the master's answer decides once there is one. */
  readonly heartbeatMs: number
  /** Where calls come from. */
  readonly ip: string
  readonly running: () => readonly RunningUnit[]
  readonly traffic: Traffic
  readonly onRegistered: (registered: Registered) => void
  readonly logger: FastifyBaseLogger
  readonly signal: AbortSignal
}

/** How long a slave that is about to leave waits for its master to hear it. */
const farewellMs = 2000

export class Membership {
  readonly #options: MembershipOptions
  readonly #heartbeats: Heartbeats
  #own: OwnRates | undefined
  #heartbeatMs: number
  #isMember = false
  #draining = false

  constructor(options: MembershipOptions) {
    const { master, ip, register, running, traffic, logger, signal } = options
    const { name, incarnation } = register
    this.#options = options
    this.#heartbeatMs = options.heartbeatMs
    this.#heartbeats = new Heartbeats({ master, ip, name, incarnation, running, traffic, logger })
    signal.addEventListener('abort', () => this.#heartbeats.close(), { once: true })
  }

  /** Keeps it up until the signal. Rejects when the master refuses this slave for good. */
  async keep(): Promise<void> {
    const { logger, signal, master, onRegistered } = this.#options
    let silent = false
    this.#heartbeats.prepare()
    while (!signal.aborted) {
      try {
        const registered = await this.#register()
        this.#isMember = true
        this.#heartbeatMs = registered.heartbeatMs
        silent = false
        logger.info({ master, epoch: registered.epoch }, 'registered')
        // A master that was started anew does not know it.
        if (this.#draining) await this.#say('drain')
        onRegistered(registered)
        await this.#heartbeats.keep(this.#heartbeatMs)
      } catch (error) {
        if (signal.aborted) return
        const fault = asGemmeshError(error)
        if (!fault.kind.retryable && fault.code !== 'GEMMESH_INTERNAL') throw fault
        // Said once, not with each try: a master may be away for hours.
        if (!silent) logger.warn({ master, reason: fault.message }, 'the master is not there; trying on')
        silent = true
        const pauseMs = this.#heartbeatMs * (0.5 + Math.random() / 2)
        await delay(pauseMs, undefined, { signal }).catch(() => {})
      }
    }
  }

  /** Says what the slave measured of itself: now, and at each registration to come. */
  async measured(own: OwnRates): Promise<void> {
    this.#own = own
    await this.#register()
  }

  /** Says that the slave is about to leave. False where no master is there to hear it, or it did not within seconds. */
  async drain(): Promise<boolean> {
    this.#draining = true
    return this.#isMember && (await this.#say('drain'))
  }

  /** The units at hand, or how far they are, have changed. */
  changed(): void {
    this.#heartbeats.tell()
  }

  /** Says that the slave has left. The signal has to be aborted by then: a heartbeat would make it a member again. */
  async leave(): Promise<void> {
    await this.#heartbeats.close()
    await this.#say('leave')
  }

  /** No heartbeat comes after this. */
  async close(): Promise<void> {
    await this.#heartbeats.close()
  }

  async #register(): Promise<Registered> {
    const { link, master, register } = this.#options
    const message = { ...register, protocolVersion, ...(this.#own !== undefined && { own: this.#own }) }
    const registered = await link.call(master, 'register', message, this.#within(5 * this.#heartbeatMs))
    if (registered.protocolVersion === protocolVersion) return registered
    throw new GemmeshError(
      'GEMMESH_PROTOCOL_MISMATCH',
      `${master} speaks version ${registered.protocolVersion} of the protocol, this slave version ${protocolVersion}: install the same gemmesh on both`,
    )
  }

  async #say(what: 'drain' | 'leave'): Promise<boolean> {
    const { link, master, register, logger } = this.#options
    const { name, incarnation } = register
    try {
      await link.call(master, what, { name, incarnation }, { signal: AbortSignal.timeout(farewellMs) })
      return true
    } catch (error) {
      logger.warn({ master, what, reason: asGemmeshError(error).message }, 'the master did not hear it')
      return false
    }
  }

  #within(ms: number) {
    return { signal: AbortSignal.any([this.#options.signal, AbortSignal.timeout(ms)]) }
  }
}
