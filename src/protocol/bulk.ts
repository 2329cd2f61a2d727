/** Blocks and tiles as a whole: how many bytes a header announces, and what a receiver gets to know of them. */
import { bytesPerElement } from '../core/matrix.ts'
import type { BulkHeader } from './messages.ts'

/** What was received: its payload is complete, undamaged, and has this digest. */
export interface Received {
  readonly header: BulkHeader
  readonly payloadBytes: number
  /** Hex; the same for the same payload, and for no other. */
  readonly digest: string
}

/**
 * Takes the payload of a block or tile in whatever pieces it arrives, in order. The pieces are reused afterwards: copy
 * them. What was taken counts only when the transfer has resolved; before that it may be damaged.
 */
export interface BulkSink {
  /** Once, before any data, with a header that is sound. Throwing refuses the transfer. */
  begin(header: BulkHeader): void | Promise<void>
  /** `offsetBytes` from the start of the row-major rectangle. A promise holds the sender back until it settles. */
  data(offsetBytes: number, bytes: Uint8Array): void | Promise<void>
}

/**
 * Pieces of a row-major rectangle, in order; views of shared memory are welcome. They stay as they are until sent, which
 * they are when the iteration has ended: its `finally` is the place to let go of what they lie in.
 */
export type Payload = Iterable<Uint8Array> | AsyncIterable<Uint8Array>

/**
 * What a payload was where it was read first. Its last chunk bears that digest whoever passes it on, so that what has become of
 * it on the way, also in the memory of a node, is seen where it arrives.
 */
export interface Original {
  /** Hex. */
  readonly digest: string
  /** What is being sent has another digest; whoever receives it notices as well. */
  readonly onDamaged: () => void
}

/** Bytes of the whole rectangle; not a safe integer where no machine could hold it. */
export const payloadBytesOf = ({ rows, columns, dtype }: BulkHeader): number =>
  rows * columns * bytesPerElement[dtype]

/** Takes bytes that are used again when it has returned, or when the promise that it gave has settled. */
export type Take = (bytes: Uint8Array) => void | Promise<void>

/**
 * A stream that pushes: gives `take` all bytes in order, each piece when the one before has been taken; resolves when it
 * has ended. What `take` throws ends it, and is what it rejects with.
 */
export type ByteSource = (take: Take) => Promise<void>
