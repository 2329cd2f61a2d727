/** Values of the wire and of the domain: element types as enum numbers, digests as bytes. */
import type { Dtype } from '../core/matrix.ts'
import { dtypes } from '../core/matrix.ts'
import { GemmeshError } from '../errors.ts'
import { gemmesh } from './wire.generated.js'

const { Dtype: WireDtype } = gemmesh.wire

const wireOfDtype: Readonly<Record<Dtype, gemmesh.wire.Dtype>> = {
  float32: WireDtype.FLOAT32,
  float64: WireDtype.FLOAT64,
  int32: WireDtype.INT32,
}

export const digestBytes = 32

export const dtypeToWire = (dtype: Dtype): gemmesh.wire.Dtype => wireOfDtype[dtype]

/** The element type of a wire number, or undefined where the number stands for none. */
export const dtypeFromWire = (wire: gemmesh.wire.Dtype): Dtype | undefined =>
  dtypes.find(dtype => wireOfDtype[dtype] === wire)

/** `ab01...` of the bytes of a digest. */
export const hexOfBytes = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')

/** The 32 bytes of a SHA-256 in hex, or GEMMESH_MESSAGE_INVALID. */
export function bytesOfHex(hex: string): Uint8Array {
  if (!/^[0-9a-f]{64}$/.test(hex))
    throw new GemmeshError('GEMMESH_MESSAGE_INVALID', `"${hex}" is not a SHA-256: 64 digits 0-9a-f are.`)
  return Buffer.from(hex, 'hex')
}
