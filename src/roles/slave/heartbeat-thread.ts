/** A thread that says to master-assign that its slave lives, and which units its main thread had at hand when it last said so. */
import { setTimeout as delay } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { asGemmeshError, type ErrorCode } from '../../errors.ts'
import type { RunningUnit } from '../../protocol/messages.ts'
import { HttpLink } from '../../transport/http-link.ts'
import { Traffic } from '../../transport/traffic.ts'

/** What the thread starts with. */
export interface HeartbeatData {
  /** Origin of master-assign. */
  readonly master: string
  /** Of the slave: where its calls come from. */
  readonly ip: string
  readonly name: string
  readonly incarnation: string
}

/** From the main thread. */
export interface HeartbeatOrder {
  /** Of the registration that it goes on from. */
  readonly round: number
  readonly everyMs: number
  readonly running: readonly RunningUnit[]
}

/** To the main thread, where there is something to do: the master wants another registration, or did not answer. */
export interface HeartbeatNews {
  readonly round: number
  readonly fault?: { readonly code: ErrorCode; readonly message: string }
  /** Answers that arrived damaged since the thread said so last; then it says nothing else. */
  readonly damaged?: number
}

const { master, ip, name, incarnation }: HeartbeatData = workerData
/** A master that does not answer within so many heartbeats is asked again; but who is busy is given this long. */
const answerBeats = 5
const leastAnswerMs = 3000

let order: HeartbeatOrder | undefined
let link: HttpLink | undefined
const traffic = new Traffic()
let toldDamaged = 0

parentPort?.on('message', (message: HeartbeatOrder) => {
  const isFirst = order === undefined
  order = message
  if (isFirst) void beat(message)
})

async function beat(first: HeartbeatOrder): Promise<never> {
  for (let nextAt = performance.now(); ; ) {
    const now = order ?? first
    nextAt = Math.max(nextAt + now.everyMs, performance.now())
    await say(now)
    await delay(Math.max(0, nextAt - performance.now()))
  }
}

async function say({ round, everyMs, running }: HeartbeatOrder): Promise<void> {
  const answerMs = Math.max(leastAnswerMs, answerBeats * everyMs)
  link ??= new HttpLink({ localAddress: ip, answerMs, traffic })
  try {
    const message = { name, incarnation, running: [...running] }
    const signal = AbortSignal.timeout(answerMs)
    const { registerAgain } = await link.call(master, 'heartbeat', message, { signal })
    if (registerAgain) report({ round })
  } catch (error) {
    const { code, message } = asGemmeshError(error)
    report({ round, fault: { code, message } })
  }
  if (traffic.damaged > toldDamaged) report({ round, damaged: traffic.damaged - toldDamaged })
  toldDamaged = traffic.damaged
}

function report(news: HeartbeatNews): void {
  parentPort?.postMessage(news)
}
