/** Payloads and sinks that count what passes through them. A header with a unit is a tile's, else it is a block's. */
import type { BulkSink, Payload } from '../protocol/bulk.ts'
import type { BulkHeader } from '../protocol/messages.ts'
import type { Traffic, TrafficKind } from './traffic.ts'

const kindOf = (header: BulkHeader): TrafficKind => (header.id ? 'tile' : 'block')

export async function* countedPayload(
  traffic: Traffic,
  header: BulkHeader,
  payload: Payload,
): AsyncGenerator<Uint8Array> {
  const kind = kindOf(header)
  for await (const piece of payload) {
    traffic.countOut(kind, piece.length)
    yield piece
  }
}

export function countedSink(traffic: Traffic, sink: BulkSink): BulkSink {
  let kind: TrafficKind = 'block'
  return {
    begin(header) {
      kind = kindOf(header)
      return sink.begin(header)
    },
    data(offsetBytes, bytes) {
      traffic.countIn(kind, bytes.length)
      return sink.data(offsetBytes, bytes)
    },
  }
}
