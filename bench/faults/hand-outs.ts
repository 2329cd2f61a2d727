/**
 * What became of each work unit, read from the masters' logs (level debug): who had it when, and when its tile was durably
 * placed. Times are those of the log's lines, in ms since 1970: all nodes are on one machine.
 */

interface HandOut {
  readonly slave: string
  readonly attempt: number
  readonly at: number
}

interface UnitHistory {
  readonly handedOut: HandOut[]
  placedAt: number | undefined
  /** When master-assign knew. */
  heardAt: number | undefined
}

export interface Repeated extends HandOut {
  readonly unit: string
  /** After its tile was placed. */
  readonly lateMs: number
  /** The news was on its way: master-assign heard of it after that, and both were within moments of each other. */
  readonly crossed: boolean
}

/** News between two masters that are alive takes milliseconds; on a busy machine, more. */
const crossingMs = 100

/** Of the units that a slave held when it fell silent. */
export interface HandOver {
  readonly unit: string
  /** Until the unit was handed out again, or its tile came after all; undefined where neither happened. */
  readonly ms: number | undefined
}

export class HandOuts {
  readonly #units = new Map<string, UnitHistory>()
  #placed = 0
  readonly #endedJobs = new Map<string, number>()
  /** How often each message was logged, by node. */
  readonly messages = new Map<string, number>()

  /** One line of a node's log. */
  hear(node: string, line: string): void {
    const record = parse(line)
    if (record === undefined) return
    const { msg, time, unit, slave, job } = record
    const told = `${node}: ${msg}`
    this.messages.set(told, (this.messages.get(told) ?? 0) + 1)
    if (typeof time !== 'number') return
    if (typeof job === 'string' && (msg === 'job done' || msg === 'job failed'))
      this.#endedJobs.set(job, Math.min(time, this.#endedJobs.get(job) ?? time))
    if (!isRef(unit)) return
    const history = this.#history(`${unit.job}/${unit.unit}`)
    if (msg === 'unit handed out' && typeof slave === 'string')
      history.handedOut.push({ slave, attempt: unit.attempt, at: time })
    if (msg === 'tile placed' && history.placedAt === undefined) this.#placed++
    if (msg === 'tile placed') history.placedAt = Math.min(time, history.placedAt ?? time)
    if (msg === 'placed, as master-combine says') history.heardAt = Math.min(time, history.heardAt ?? time)
  }

  /** What was logged how often, the most frequent first; ids and figures left out. */
  summary(): string {
    const kinds = new Map<string, number>()
    for (const [message, times] of this.messages) {
      const kind = message.replace(/[0-9a-f-]{30,}|[0-9][0-9.x:/]*/g, '#')
      kinds.set(kind, (kinds.get(kind) ?? 0) + times)
    }
    return [...kinds]
      .sort(([, one], [, other]) => other - one)
      .map(([kind, times]) => `${times} ${kind}`)
      .join('\n  ')
  }

  get units(): number {
    return this.#units.size
  }

  get placed(): number {
    return this.#placed
  }

  get handedOut(): number {
    return [...this.#units.values()].reduce((sum, { handedOut }) => sum + handedOut.length, 0)
  }

  /** Hand-outs of units whose tile was placed already. */
  repeated(): Repeated[] {
    return [...this.#units].flatMap(([unit, { handedOut, placedAt, heardAt = Number.POSITIVE_INFINITY }]) => {
      if (placedAt === undefined) return []
      return handedOut
        .filter(({ at }) => at > placedAt)
        .map(handOut => {
          const lateMs = handOut.at - placedAt
          return { ...handOut, unit, lateMs, crossed: handOut.at <= heardAt && lateMs <= crossingMs }
        })
    })
  }

  /** How soon the units that `slave` held at this time got into other hands. */
  handOvers(slave: string, at: number): HandOver[] {
    return [...this.#units].flatMap(([unit, { handedOut, placedAt = Number.POSITIVE_INFINITY }]) => {
      const before = handedOut.filter(handOut => handOut.at <= at)
      if (placedAt <= at || before.at(-1)?.slave !== slave) return []
      const endedAt = this.#endedJobs.get(unit.split('/')[0] ?? '') ?? Number.POSITIVE_INFINITY
      const next = Math.min(placedAt, endedAt, ...handedOut.filter(one => one.at > at).map(one => one.at))
      return [{ unit, ms: Number.isFinite(next) ? next - at : undefined }]
    })
  }

  #history(unit: string): UnitHistory {
    const known = this.#units.get(unit)
    if (known !== undefined) return known
    const history: UnitHistory = { handedOut: [], placedAt: undefined, heardAt: undefined }
    this.#units.set(unit, history)
    return history
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

const isRef = (value: unknown): value is { job: string; unit: number; attempt: number } =>
  isObject(value) &&
  typeof value.job === 'string' &&
  typeof value.unit === 'number' &&
  typeof value.attempt === 'number'

function parse(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const record: unknown = JSON.parse(line)
    return isObject(record) ? record : undefined
  } catch {
    return undefined // not a line of the log, such as a warning of Node's
  }
}
