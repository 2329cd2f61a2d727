/**
 * How far a journal is durable, in a small file beside it. A log whose end was cut off looks like one that never was longer:
 * the mark is what tells them apart. It is written after each commit and before anybody is told of it.
 *
 * Two slots are written in turn, so that a crash in the middle of one leaves the other.
 */
import { createHash } from 'node:crypto'
import { closeSync, fdatasyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import { systemCode } from '../../formats/file-errors.ts'
import { replaceFile } from '../replace-file.ts'
import type { Link } from './chain.ts'

/** What a disk writes at once, or more: a slot that is being written does not touch the other. */
const slotBytes = 4096
const pattern = /^gemmesh mark (\d{1,15}) ([0-9a-f]{64}) ([0-9a-f]{16})\n/

export class JournalMark {
  readonly #file: number
  #slot: number

  private constructor(file: number, slot: number) {
    this.#file = file
    this.#slot = slot
  }

  /** The newest mark in the file at `path`: undefined where there is no file, `damaged` where no slot of it can be read. */
  static read(path: string): Link | 'damaged' | undefined {
    const slots = readSlots(path)
    return slots && (newest(slots)?.link ?? 'damaged')
  }

  /** Makes the file anew, with this mark in it, durably. */
  static async create(path: string, link: Link): Promise<JournalMark> {
    // At its full size from the start: a later mark changes nothing but its own bytes, which is the cheapest flush there is.
    await replaceFile(path, textOf(link).padEnd(2 * slotBytes, '\0'))
    return JournalMark.open(path)
  }

  /** Goes on with the file at `path`, whose newest mark stays until the next is written. */
  static open(path: string): JournalMark {
    const slot = newest(readSlots(path) ?? [])?.slot ?? 1
    return new JournalMark(openSync(path, 'r+'), 1 - slot)
  }

  /** Durable when it returns. */
  write(link: Link): void {
    writeSync(this.#file, textOf(link), this.#slot * slotBytes)
    fdatasyncSync(this.#file)
    this.#slot = 1 - this.#slot
  }

  close(): void {
    closeSync(this.#file)
  }
}

function readSlots(path: string): (Link | undefined)[] | undefined {
  try {
    const bytes = readFileSync(path)
    return [0, 1].map(slot =>
      parse(bytes.subarray(slot * slotBytes, (slot + 1) * slotBytes).toString('latin1')),
    )
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw error
  }
}

function newest(slots: readonly (Link | undefined)[]): { slot: number; link: Link } | undefined {
  const found = slots.flatMap((link, slot) => (link === undefined ? [] : [{ slot, link }]))
  return found.toSorted((x, y) => y.link.sequence - x.link.sequence)[0]
}

function textOf({ sequence, hash }: Link): string {
  const content = `${sequence} ${Buffer.from(hash).toString('hex')}`
  return `gemmesh mark ${content} ${sumOf(content)}\n`
}

function parse(text: string): Link | undefined {
  const [, sequence, hash, sum] = pattern.exec(text) ?? []
  if (sequence === undefined || hash === undefined || sum !== sumOf(`${sequence} ${hash}`)) return undefined
  return { sequence: Number(sequence), hash: Buffer.from(hash, 'hex') }
}

const sumOf = (content: string): string => createHash('sha256').update(content).digest('hex').slice(0, 16)
