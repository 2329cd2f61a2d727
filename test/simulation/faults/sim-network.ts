/**
 * The network between processes: whole requests and answers as encoded bytes, as TCP connections would carry them.
 * Messages take their time, get lost, come twice, late, damaged, or cut in the middle; machines are cut off from others.
 */
import { asGemmeshError } from '../../../src/errors.ts'
import type { ByteSource } from '../../../src/protocol/bulk.ts'
import { faultOf } from '../../../src/protocol/faults.ts'
import { limits } from '../../../src/protocol/limits.ts'
import { Fault } from '../../../src/protocol/messages.ts'
import { mediaTypes } from '../../../src/protocol/routes.ts'
import type { ExchangeAnswer, ExchangeRequest } from '../../../src/transport/exchange.ts'
import {
  answerChecksum,
  checkBody,
  checkRequestHead,
  damaged,
} from '../../../src/transport/message-checksum.ts'
import { unreachable } from '../../../src/transport/unreachable.ts'
import type { Life, Sim } from './sim.ts'

/** What may befall a message; each is a probability. */
export interface Weather {
  readonly lost: number
  readonly doubled: number
  readonly delayed: number
  readonly damaged: number
  /** Of a body in the middle. */
  readonly cut: number
}

export const fairWeather: Weather = { lost: 0, doubled: 0, delayed: 0, damaged: 0, cut: 0 }

/** How late a message may be. */
const mostDelayMs = 60_000
const usualLatencyMs = 1

/** A request as it arrives. */
export interface Arriving {
  readonly method: string
  readonly path: string
  readonly ip: string
  /** All of a message. */
  readonly body: Uint8Array
  /** The same as it comes in, for bulk data. */
  readonly source: ByteSource
}

/** What a process answers; what it throws travels as a Fault. */
export interface Served {
  readonly contentType: string
  readonly body: Uint8Array
}

export interface Host {
  readonly life: Life
  readonly machine: string
  readonly serve: (request: Arriving) => Promise<Served>
}

/** Who calls. */
export interface Caller {
  readonly life: Life
  readonly machine: string
  readonly ip: string
}

const coded = (code: string): Error => Object.assign(new Error('simulated'), { code })

export class SimNetwork {
  readonly #sim: Sim
  readonly #hosts = new Map<string, Host>()
  /** Pairs of machines that do not hear each other. */
  readonly #walls = new Set<string>()
  weather: Weather = fairWeather
  checksMessages = true
  /** Messages whose bytes were changed on their way, and how many of these were refused for it. */
  damaged = 0
  refused = 0

  constructor(sim: Sim) {
    this.#sim = sim
  }

  listen(origin: string, host: Host): void {
    this.#hosts.set(origin, host)
    host.life.onEnd(() => {
      if (this.#hosts.get(origin) === host) this.#hosts.delete(origin)
    })
  }

  /** Cuts machines off from each other; what it returns ends that. */
  part(one: readonly string[], other: readonly string[]): () => void {
    const walls = one.flatMap(a => other.map(b => wall(a, b)))
    for (const each of walls) this.#walls.add(each)
    return () => {
      for (const each of walls) this.#walls.delete(each)
    }
  }

  /** The way of a call through the network, as an Exchange. */
  exchange(caller: Caller, request: ExchangeRequest): Promise<ExchangeAnswer> {
    return new Promise((resolve, reject) => {
      const { signal, origin } = request
      const fail = (error: unknown) => {
        if (caller.life.alive) reject(error)
      }
      if (signal?.aborted) return fail(signal.reason)
      signal?.addEventListener('abort', () => fail(signal.reason), { once: true })
      const unreach = (code: string) => fail(unreachable(origin, coded(code)))
      this.#send(caller, request, unreach, answer => {
        if (caller.life.alive) resolve(answer)
      }).catch(fail)
    })
  }

  /** A call of another kind, such as a user's: no bytes, but the same ways to fail. */
  ask<T>(caller: Caller, origin: string, work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const unreach = (code: string) => reject(unreachable(origin, coded(code)))
      const answerBy = this.#sim.later(limits.answerMs, () => unreach('ANSWER_TIMEOUT'))
      this.#deliver(caller, origin, `ask ${origin}`, unreach, host => {
        const back = (settle: () => void) =>
          this.#carry(host.machine, caller.machine, `answered ${origin}`, () => {
            answerBy()
            settle()
          })
        work().then(
          value => host.life.alive && back(() => resolve(value)),
          error => host.life.alive && back(() => reject(error)),
        )
        host.life.onEnd(() => this.#sim.later(this.#latency(), () => unreach('ECONNRESET')))
      })
    })
  }

  async #send(
    caller: Caller,
    request: ExchangeRequest,
    unreach: (code: string) => void,
    resolve: (answer: ExchangeAnswer) => void,
  ): Promise<void> {
    const { method, path, origin, checksum, contentType } = request
    const bytes = await bytesOf(request)
    const contentLength = request.body === undefined ? undefined : bytes.length
    const name = `${method} ${path}`
    const timeOut = this.#sim.later(request.answerMs, () => unreach('ANSWER_TIMEOUT'))
    const failNow = (code: string) => {
      timeOut()
      unreach(code)
    }
    if (!caller.life.alive) return
    this.#deliver(caller, origin, name, failNow, host => {
      const body = this.#maybeDamaged(bytes)
      host.life.onEnd(() => this.#sim.later(this.#latency(), () => failNow('ECONNRESET')))
      const arriving: Arriving = {
        method,
        path,
        ip: caller.ip,
        body,
        source: this.#source(caller, body, () => failNow('ECONNRESET')),
      }
      const head = { method, path, contentType, contentLength }
      this.#serve(host, arriving, checksum, head).then(answer => {
        if (!host.life.alive) return
        this.#carry(host.machine, caller.machine, `${name} answered`, () => {
          timeOut()
          const answered = this.#maybeDamaged(answer.bytes)
          resolve({ ...answer.head, body: async take => take(answered) })
        })
      })
    })
  }

  async #serve(
    host: Host,
    arriving: Arriving,
    checksum: string,
    head: Parameters<typeof checkRequestHead>[1],
  ): Promise<{ head: Omit<ExchangeAnswer, 'body'>; bytes: Uint8Array }> {
    const isMessage = head.method === 'POST'
    try {
      checkRequestHead(checksum, head)
      if (isMessage && this.checksMessages) {
        try {
          checkBody(checksum, arriving.body, `${head.method} ${head.path}`)
        } catch (error) {
          this.refused++
          throw error
        }
      }
      const { contentType, body } = await host.serve(arriving)
      const whole = contentType === mediaTypes.chunks ? undefined : body
      const status = contentType === '' ? 204 : 200
      const sum = answerChecksum(status, contentType, whole)
      return { head: { status, contentType, checksum: sum }, bytes: body }
    } catch (error) {
      const { status } = asGemmeshError(error).kind
      const body = Fault.encode(faultOf(error))
      const contentType = mediaTypes.message
      const sum = answerChecksum(status, contentType, body)
      return { head: { status, contentType, checksum: sum }, bytes: body }
    }
  }

  /** To the process at `origin`, once, never or twice. */
  #deliver(
    caller: Caller,
    origin: string,
    name: string,
    unreach: (code: string) => void,
    arrive: (host: Host) => void,
  ): void {
    const { random } = this.#sim
    const to = this.#hosts.get(origin)
    const once = (code: string | undefined) => {
      const host = this.#hosts.get(origin)
      this.#sim.note(host === undefined ? `${name} refused` : name)
      if (host !== undefined) arrive(host)
      else if (code !== undefined) unreach(code)
    }
    if (to !== undefined && this.#isParted(caller.machine, to.machine)) {
      this.#sim.later(limits.connectMs, () => unreach('CONNECT_TIMEOUT'))
      return
    }
    if (random.chance(this.weather.lost)) return // the caller's patience ends some time
    this.#sim.later(this.#latency(), () => once('ECONNREFUSED'))
    if (random.chance(this.weather.doubled)) this.#sim.later(this.#latency(), () => once(undefined))
  }

  /** Back from a process that was there. */
  #carry(from: string, to: string, name: string, arrive: () => void): void {
    if (this.#isParted(from, to) || this.#sim.random.chance(this.weather.lost)) return
    this.#sim.later(this.#latency(), () => {
      this.#sim.note(name)
      arrive()
    })
  }

  #latency(): number {
    const { random } = this.#sim
    const usual = usualLatencyMs * (0.2 + random.next())
    return random.chance(this.weather.delayed) ? usual + random.next() ** 3 * mostDelayMs : usual
  }

  #isParted(one: string, other: string): boolean {
    return this.#walls.size > 0 && this.#walls.has(wall(one, other))
  }

  /** A copy: a Buffer's slice would be a view. */
  #maybeDamaged(bytes: Uint8Array): Uint8Array {
    if (bytes.length === 0 || !this.#sim.random.chance(this.weather.damaged)) return new Uint8Array(bytes)
    this.damaged++
    const copy = new Uint8Array(bytes)
    const at = this.#sim.integer(0, copy.length * 8 - 1)
    copy[at >> 3] = (copy[at >> 3] ?? 0) ^ (1 << (at & 7))
    this.#sim.note('damage', at)
    return copy
  }

  /** In one to three pieces, with time between them; cut off where the sender dies, or by chance. */
  #source(caller: Caller, bytes: Uint8Array, onCut: () => void): ByteSource {
    const { random } = this.#sim
    const cuts = Array.from({ length: this.#sim.integer(0, 2) }, () => this.#sim.integer(0, bytes.length))
    const ends = [...cuts.sort((x, y) => x - y), bytes.length]
    const isCut = random.chance(this.weather.cut)
    return async take => {
      let from = 0
      for (const [index, end] of ends.entries()) {
        if (index > 0) await this.#sim.sleep(this.#latency())
        if (!caller.life.alive || (isCut && index === ends.length - 1)) {
          onCut()
          throw damaged('a body that was cut')
        }
        if (end > from) await take(bytes.subarray(from, end))
        from = end
      }
    }
  }
}

const wall = (one: string, other: string): string => (one < other ? `${one} ${other}` : `${other} ${one}`)

async function bytesOf({ body }: ExchangeRequest): Promise<Uint8Array> {
  if (body === undefined) return new Uint8Array()
  if (body instanceof Uint8Array) return body
  const views: Uint8Array[] = []
  for await (const group of body.groups) views.push(...group.map(view => new Uint8Array(view)))
  return Buffer.concat(views)
}
