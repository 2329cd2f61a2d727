/** Values of the wire and of the domain: element types and semirings as enum numbers, digests as bytes. */
import type { Dtype } from '../core/matrix.ts'
import { dtypes } from '../core/matrix.ts'
import { type Semiring, semirings } from '../core/semiring.ts'
import { GemmeshError } from '../errors.ts'
import { gemmesh } from './wire.generated.js'

const { Dtype: WireDtype, Semiring: WireSemiring } = gemmesh.wire

const wireOfDtype: Readonly<Record<Dtype, gemmesh.wire.Dtype>> = {
  float32: WireDtype.FLOAT32,
  float64: WireDtype.FLOAT64,
  int32: WireDtype.INT32,
}

const wireOfSemiring: Readonly<Record<Semiring, gemmesh.wire.Semiring>> = {
  'plus-times': WireSemiring.PLUS_TIMES,
  'min-plus': WireSemiring.MIN_PLUS,
  'max-plus': WireSemiring.MAX_PLUS,
  'max-min': WireSemiring.MAX_MIN,
  'or-and': WireSemiring.OR_AND,
}

export const dtypeToWire = (dtype: Dtype): gemmesh.wire.Dtype => wireOfDtype[dtype]

/** The element type of a wire number, or undefined where the number stands for none. */
export const dtypeFromWire = (wire: gemmesh.wire.Dtype): Dtype | undefined =>
  dtypes.find(dtype => wireOfDtype[dtype] === wire)

export const semiringToWire = (semiring: Semiring): gemmesh.wire.Semiring => wireOfSemiring[semiring]

/** The semiring of a wire number, or undefined where the number stands for none. */
export const semiringFromWire = (wire: gemmesh.wire.Semiring): Semiring | undefined =>
  semirings.find(semiring => wireOfSemiring[semiring] === wire)

/** `ab01...` of the bytes of a digest. */
export const hexOfBytes = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')

/** The bytes of so long a digest in hex, or GEMMESH_MESSAGE_INVALID, which calls it by its name. */
export function bytesOfHex(hex: string, bytes: number, name: string): Uint8Array {
  if (hex.length !== 2 * bytes || !/^[0-9a-f]*$/.test(hex))
    throw new GemmeshError(
      'GEMMESH_MESSAGE_INVALID',
      `"${hex}" is not a ${name}: ${2 * bytes} digits 0-9a-f are.`,
    )
  return Buffer.from(hex, 'hex')
}
