/** The numbers of a reference, from its bytes. */
import type { Dtype } from '../../core/matrix.ts'
import { GemmeshError } from '../../errors.ts'

export const float64s = (bytes: Uint8Array, length: number): Float64Array =>
  new Float64Array(copied(bytes, length * 8))

export const int32s = (bytes: Uint8Array, length: number): Int32Array =>
  new Int32Array(copied(bytes, length * 4))

export function elementsOf(
  dtype: Dtype,
  bytes: Uint8Array,
  length: number,
): Float32Array | Float64Array | Int32Array {
  if (dtype === 'float64') return float64s(bytes, length)
  return dtype === 'int32' ? int32s(bytes, length) : new Float32Array(copied(bytes, length * 4))
}

/** What came with a message may begin at any address. GEMMESH_INTERNAL for another length. */
function copied(bytes: Uint8Array, wantedBytes: number): ArrayBuffer {
  if (bytes.length !== wantedBytes) {
    throw new GemmeshError(
      'GEMMESH_INTERNAL',
      `the reference of a tile has ${bytes.length} bytes, not ${wantedBytes}`,
    )
  }
  return new Uint8Array(bytes).buffer
}
