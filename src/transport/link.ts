/** How a node calls others: messages by route, bulk data in both directions. HTTP in life, memory in tests. */
import type { BulkSink, Payload, Received } from '../protocol/bulk.ts'
import type { BulkHeader } from '../protocol/messages.ts'
import type { ReplyOf, RequestOf, RouteName } from '../protocol/routes.ts'

export interface LinkOptions {
  /** Aborting rejects with the signal's reason and frees the connection. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Every method rejects with a GemmeshError: GEMMESH_NODE_UNREACHABLE where the node is not there, goes away or falls
 * silent, GEMMESH_PROTOCOL_MISMATCH where something else answers, else the fault that the node answered. What the
 * caller's own sink or payload throws, it gets back as it is.
 */
export interface Link {
  call<R extends RouteName>(
    origin: string,
    route: R,
    message: RequestOf<R>,
    options?: LinkOptions,
  ): Promise<ReplyOf<R>>
  /** GETs a block (or tile) into the sink. Rejects with GEMMESH_TRANSFER_CORRUPT where it arrives damaged. */
  pull(origin: string, path: string, sink: BulkSink, options?: LinkOptions): Promise<Received>
  /** PUTs a tile (or block); resolves when the receiver has acknowledged it. Reads the payload only as fast as it is taken. */
  push(
    origin: string,
    path: string,
    header: BulkHeader,
    payload: Payload,
    options?: LinkOptions,
  ): Promise<void>
  /** GETs a processor of at most `limitBytes`. */
  fetchBytes(origin: string, path: string, limitBytes: number, options?: LinkOptions): Promise<Uint8Array>
  /** Ends at once: what is under way rejects. */
  close(): Promise<void>
}
