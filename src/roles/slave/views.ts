/** A tile or block is sent in views of this size, each of which becomes one chunk. */
const viewBytes = 1 << 20

export function* views(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += viewBytes) yield bytes.subarray(at, at + viewBytes)
}
