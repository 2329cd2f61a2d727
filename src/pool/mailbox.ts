/**
 * How threads hear of a round, and the pool of its end: through the memory that they share. A thread that is done lingers
 * for a moment, looking for another round: to wake one that sleeps takes 50 to 200 microseconds, as long as a product of
 * 256x256x256. One slot a thread:
 *
 *   away ──call, and a message──▶ called ──begin──▶ working ──▶ lingering ──call──▶ called
 *                                   │ ▲                │            └── nobody called ──▶ away
 *                                 recall call          └── the round said so ──▶ away, or failed
 *                                   ▼ │
 *                                recalled ──the thread came──▶ lingering
 */
import { GemmeshError } from '../errors.ts'
import type { GemmTask } from '../kernel/task.ts'

/** A round of a product, as every thread plans it for itself. */
export interface RoundOfTasks {
  readonly tasks: readonly GemmTask[]
  readonly round: number
  /** Whether a thread that is done with it is to linger. */
  readonly lingers: boolean
}

const away = 0
const called = 1
const recalled = 2
const working = 3
const lingering = 4
const failed = 5

/** A thread that lingers keeps its core from others for so long. */
export const lingerMs = 0.5
/** Looks between two readings of the clock. */
const looks = 20

/** Tasks of one round, at most; their text is below 512 bytes each. */
export const tasksAtOnce = 64
const textBytes = tasksAtOnce * 512

export const mailboxBytes = (slots: number): number => (1 + slots) * Int32Array.BYTES_PER_ELEMENT + textBytes

export class Mailbox {
  /** The states of the slots, then the length of the text. */
  readonly #states: Int32Array
  readonly #text: Uint8Array
  readonly #lengthAt: number

  /** At an offset of a memory, `mailboxBytes` of it, which were zero when the first mailbox was made there. */
  constructor(memory: WebAssembly.Memory, offset: number, slots: number) {
    this.#states = new Int32Array(memory.buffer, offset, slots + 1)
    this.#text = new Uint8Array(memory.buffer, offset + this.#states.byteLength, textBytes)
    this.#lengthAt = slots
  }

  /** The round that threads find from now on. None may be called or working. */
  post(round: RoundOfTasks): void {
    const text = new TextEncoder().encode(JSON.stringify(round))
    if (text.length > textBytes) {
      throw new GemmeshError('GEMMESH_INTERNAL', `a round of ${text.length} bytes, more than ${textBytes}`)
    }
    this.#text.set(text)
    this.#states[this.#lengthAt] = text.length
  }

  /** Calls the slot's thread to the round; false when it is away, and a message has to be sent for it. */
  call(slot: number): boolean {
    const before = Atomics.exchange(this.#states, slot, called)
    return before === lingering || before === recalled
  }

  /** Whether the slot's thread had not begun, and now will not. */
  recall(slot: number): boolean {
    return this.#change(slot, called, recalled)
  }

  isBusy(slot: number): boolean {
    const state = Atomics.load(this.#states, slot)
    return state === called || state === working
  }

  hasFailed(slot: number): boolean {
    return Atomics.load(this.#states, slot) === failed
  }

  /** Returns when the slot's thread is no longer busy. */
  async finished(slot: number): Promise<void> {
    for (;;) {
      const state = Atomics.load(this.#states, slot)
      if (state !== called && state !== working) return
      await Atomics.waitAsync(this.#states, slot, state).value
    }
  }

  /** As `finished`, without giving up the calling thread; false when it takes longer than `patienceMs`. */
  finishedSoon(slot: number, patienceMs: number): boolean {
    return lookFor(patienceMs, () => (this.isBusy(slot) ? undefined : true)) ?? false
  }

  /**
   * The slot's thread has come: the round that it is called to. Recalled, it lingers: a caller that awaits one small product
   * after the other never turns to its events, and a thread that had gone could not be sent for.
   */
  begin(slot: number): RoundOfTasks | undefined {
    while (!this.#change(slot, called, working)) {
      if (!this.#change(slot, recalled, lingering)) continue
      if (this.#waitInVain(slot)) return undefined
    }
    return this.#read()
  }

  /** The slot's thread is done with its round, and lingers: the next one, or undefined when none came. */
  linger(slot: number): RoundOfTasks | undefined {
    this.#end(slot, lingering)
    return this.#waitInVain(slot) ? undefined : this.begin(slot)
  }

  /** The slot's thread is done with its round, and goes; or it is dead. */
  leave(slot: number): void {
    this.#end(slot, away)
  }

  /** The slot's thread goes with an error. */
  fail(slot: number): void {
    this.#end(slot, failed)
  }

  /** Whether a thread that lingers was not called, and is away now. */
  #waitInVain(slot: number): boolean {
    const isCalled = () => (Atomics.load(this.#states, slot) === lingering ? undefined : true)
    return lookFor(lingerMs, isCalled) === undefined && this.#change(slot, lingering, away)
  }

  #end(slot: number, state: number): void {
    Atomics.store(this.#states, slot, state)
    Atomics.notify(this.#states, slot)
  }

  #change(slot: number, from: number, to: number): boolean {
    return Atomics.compareExchange(this.#states, slot, from, to) === from
  }

  #read(): RoundOfTasks {
    // A copy: a text decoder does not read shared memory. It is what the pool wrote, in this process.
    return JSON.parse(new TextDecoder().decode(this.#text.slice(0, this.#states[this.#lengthAt])))
  }
}

/** What `look` finds, again and again for so long; undefined when it found nothing. */
function lookFor<T>(patienceMs: number, look: () => T | undefined): T | undefined {
  const end = performance.now() + patienceMs
  do {
    for (let count = 0; count < looks; count++) {
      const found = look()
      if (found !== undefined) return found
      Atomics.pause()
    }
  } while (performance.now() < end)
  return undefined
}
