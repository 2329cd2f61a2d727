/** Blocks and tiles as a whole: how many bytes a header announces, and what a receiver gets to know of them. */
import { bytesPerElement } from '../core/matrix.ts'
import type { BulkHeader } from './messages.ts'

/** What was received: its payload is complete, undamaged, and has this SHA-256 (hex). */
export interface Received {
  readonly header: BulkHeader
  readonly payloadBytes: number
  readonly sha256: string
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

/** Pieces of a row-major rectangle, in order; views of shared memory are welcome. They stay as they are until sent. */
export type Payload = Iterable<Uint8Array> | AsyncIterable<Uint8Array>

/** Bytes of the whole rectangle; not a safe integer where no machine could hold it. */
export const payloadBytesOf = ({ rows, columns, dtype }: BulkHeader): number =>
  rows * columns * bytesPerElement[dtype]
