/** A slave's standing with its master-assign: it registers, sends heartbeats, and registers again when told to. */
import { setTimeout as delay } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'
import { asGemmeshError, GemmeshError } from '../../errors.ts'
import { protocolVersion } from '../../protocol/limits.ts'
import type { Register, Registered, UnitRef } from '../../protocol/messages.ts'
import type { Link } from '../../transport/link.ts'

export interface MembershipOptions {
  readonly link: Link
  readonly master: string
  readonly register: Omit<Register, 'protocolVersion'>
  /** Of the configuration; the master's answer decides once there is one. */
  readonly heartbeatMs: number
  readonly running: () => readonly UnitRef[]
  readonly onRegistered: (registered: Registered) => void
  readonly logger: FastifyBaseLogger
  readonly signal: AbortSignal
}

/** Keeps the membership up until the signal. Rejects when the master refuses this slave for good. */
export async function keepMembership(options: MembershipOptions): Promise<void> {
  const { logger, signal, master } = options
  let heartbeatMs = options.heartbeatMs
  let silent = false
  while (!signal.aborted) {
    try {
      const registered = await register(options, heartbeatMs)
      heartbeatMs = registered.heartbeatMs
      silent = false
      logger.info({ master, epoch: registered.epoch }, 'registered')
      options.onRegistered(registered)
      await beat(options, heartbeatMs)
    } catch (error) {
      if (signal.aborted) return
      const fault = asGemmeshError(error)
      if (!fault.kind.retryable && fault.code !== 'GEMMESH_INTERNAL') throw fault
      // Said once, not with each try: a master may be away for hours.
      if (!silent) logger.warn({ master, reason: fault.message }, 'the master is not there; trying on')
      silent = true
      await delay(heartbeatMs * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => {})
    }
  }
}

async function register({ link, master, register, signal }: MembershipOptions, patienceMs: number) {
  const registered = await link.call(
    master,
    'register',
    { ...register, protocolVersion },
    within(signal, 5 * patienceMs),
  )
  if (registered.protocolVersion === protocolVersion) return registered
  throw new GemmeshError(
    'GEMMESH_PROTOCOL_MISMATCH',
    `${master} speaks version ${registered.protocolVersion} of the protocol, this slave version ${protocolVersion}: install the same gemmesh on both`,
  )
}

/** Heartbeats until the master asks for a new registration. */
async function beat(
  { link, master, register, running, signal }: MembershipOptions,
  heartbeatMs: number,
): Promise<void> {
  const { name, incarnation } = register
  for (;;) {
    await delay(heartbeatMs, undefined, { signal })
    const message = { name, incarnation, running: [...running()] }
    const reply = await link.call(master, 'heartbeat', message, within(signal, 5 * heartbeatMs))
    if (reply.registerAgain) return
  }
}

const within = (signal: AbortSignal, ms: number) => ({
  signal: AbortSignal.any([signal, AbortSignal.timeout(ms)]),
})
