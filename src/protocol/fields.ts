/**
 * Kinds of message fields: each says the type a field has on the wire and in the domain, how one becomes the other, and
 * what is refused (GEMMESH_MESSAGE_INVALID, with the place, the value and the limit). Both directions check, so that a
 * fault is reported where it is made.
 */
import type { Dtype } from '../core/matrix.ts'
import type { Semiring } from '../core/semiring.ts'
import { GemmeshError } from '../errors.ts'
import { checksumBytes } from './checksum.ts'
import {
  bytesOfHex,
  dtypeFromWire,
  dtypeToWire,
  hexOfBytes,
  semiringFromWire,
  semiringToWire,
} from './domain.ts'
import { limits } from './limits.ts'
import type { gemmesh } from './wire.generated.js'

export interface Field<Wire, Value> {
  readonly kind: string
  toWire(value: Value, place: string): Wire
  fromWire(wire: Wire, place: string): Value
}

/** A field that may be absent, or undefined. */
export interface OptionalField<Wire, Value> extends Field<Wire, Value> {
  readonly optional: true
}

/** What another message brings to be a field of one. */
export interface Nestable<Wire, Value> {
  readonly name: string
  toWire(value: Value, place: string): Wire
  fromWire(wire: Wire, place: string): Value
}

const invalid = (place: string, found: string, wanted: string): GemmeshError =>
  new GemmeshError('GEMMESH_MESSAGE_INVALID', `${place} is ${found}: wanted ${wanted}.`)

const shown = (value: unknown): string =>
  typeof value === 'string' ? JSON.stringify(value.slice(0, 80)) : String(value)

/** A field that is the same on the wire and in the domain. */
function same<Value>(kind: string, accepts: (value: Value) => boolean, wanted: string): Field<Value, Value> {
  const check = (value: Value, place: string): Value => {
    if (!accepts(value)) throw invalid(place, shown(value), wanted)
    return value
  }
  return { kind, toWire: check, fromWire: check }
}

const uint32Max = 2 ** 32 - 1

export const uint32 = (min = 0, max = uint32Max): Field<number, number> =>
  same('uint32', value => Number.isInteger(value) && value >= min && value <= max, `an integer ${min}-${max}`)

export const uint64 = (): Field<number, number> =>
  same('uint64', value => Number.isSafeInteger(value) && value >= 0, 'an integer 0 to 2^53 - 1')

/** Any number, NaN and infinities too. */
export const real = (): Field<number, number> =>
  same('double', value => typeof value === 'number', 'a number')

export const milliseconds = (): Field<number, number> =>
  same('double', value => Number.isFinite(value) && value >= 0, 'a time in milliseconds, 0 or more')

export const rate = (): Field<number, number> =>
  same('double', value => Number.isFinite(value) && value > 0, 'a rate above 0')

export const flag = (): Field<boolean, boolean> =>
  same('bool', value => typeof value === 'boolean', 'true or false')

/** `min` to `limit` characters (UTF-16 code units). */
export const text = (limit: number, min = 1): Field<string, string> =>
  same(
    'string',
    value => typeof value === 'string' && value.length >= min && value.length <= limit,
    `${min}-${limit} characters`,
  )

const matching = (pattern: RegExp, wanted: string): Field<string, string> =>
  same('string', value => typeof value === 'string' && pattern.test(value), wanted)

/** Names a job in paths of files and addresses: nothing that could leave a folder. */
export const jobId = (): Field<string, string> =>
  matching(
    /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/,
    'a job id: 1-128 of A-Z a-z 0-9 . _ -, not starting with . or -',
  )

export const matrixId = (): Field<string, string> =>
  matching(/^[0-9a-f]{64}$/, 'the id of a matrix: 64 digits 0-9a-f')

export const origin = (): Field<string, string> =>
  matching(/^https?:\/\/[^/\s?#]{1,255}$/, 'an origin such as http://10.0.0.1:7710')

/** Bytes on the wire, hex digits in the domain. */
const digest = (bytes: number, name: string): Field<Uint8Array, string> => ({
  kind: 'bytes',
  toWire: value => bytesOfHex(value, bytes, name),
  fromWire(wire, place) {
    if (wire.length !== bytes) throw invalid(place, `${wire.length} bytes`, `a ${name}: ${bytes} bytes`)
    return hexOfBytes(wire)
  },
})

export const sha256 = (): Field<Uint8Array, string> => digest(32, 'SHA-256')

/** A digest that may be absent: no bytes on the wire. */
const optionalDigest = (bytes: number, name: string): OptionalField<Uint8Array, string | undefined> => {
  const { kind, toWire, fromWire } = digest(bytes, name)
  return {
    kind,
    toWire: (value, place) => (value === undefined ? new Uint8Array() : toWire(value, place)),
    fromWire: (wire, place) => (wire == null || wire.length === 0 ? undefined : fromWire(wire, place)),
    optional: true,
  }
}

export const optionalSha256 = () => optionalDigest(32, 'SHA-256')

export const optionalSeed = () => optionalDigest(16, 'seed')

/** Bytes as they are; a copy of those of the message. */
export const blob = (limit: number): Field<Uint8Array, Uint8Array> => {
  const check = (value: Uint8Array, place: string): Uint8Array => {
    if (value.length > limit) throw invalid(place, `${value.length} bytes`, `at most ${limit}`)
    return value
  }
  return { kind: 'bytes', toWire: check, fromWire: (wire, place) => new Uint8Array(check(wire, place)) }
}

/** Of bulk data. */
export const checksum = (): Field<Uint8Array, string> => digest(checksumBytes, 'checksum')

export const dtype = (): Field<gemmesh.wire.Dtype, Dtype> => ({
  kind: 'Dtype',
  toWire: dtypeToWire,
  fromWire(wire, place) {
    const value = dtypeFromWire(wire)
    if (value === undefined)
      throw invalid(place, shown(wire), 'an element type: 1 (float32), 2 (float64) or 3 (int32)')
    return value
  },
})

export const semiring = (): Field<gemmesh.wire.Semiring, Semiring> => ({
  kind: 'Semiring',
  toWire: semiringToWire,
  fromWire(wire, place) {
    const value = semiringFromWire(wire)
    if (value === undefined)
      throw invalid(
        place,
        shown(wire),
        'a semiring: 1 (plus-times), 2 (min-plus), 3 (max-plus), 4 (max-min) or 5 (or-and)',
      )
    return value
  },
})

export const nested = <Wire, Value>(type: Nestable<Wire, Value>): Field<Wire, Value> => ({
  kind: type.name,
  toWire: type.toWire,
  fromWire(wire, place) {
    if (wire == null) throw invalid(place, 'absent', `a ${type.name}`)
    return type.fromWire(wire, place)
  },
})

export const optional = <Wire, Value>(type: Nestable<Wire, Value>): OptionalField<Wire, Value> => ({
  kind: type.name,
  toWire: type.toWire,
  fromWire: type.fromWire,
  optional: true,
})

/** A text that may be absent: the empty one on the wire. */
export const optionalText = (limit: number): OptionalField<string, string | undefined> => {
  const { kind, toWire } = text(limit, 0)
  return {
    kind,
    toWire: (value = '', place) => toWire(value, place),
    fromWire: (wire, place) => toWire(wire, place) || undefined,
    optional: true,
  }
}

export function list<Wire, Value>(
  item: Field<Wire, Value>,
  limit: number = limits.listItems,
): Field<Wire[], readonly Value[]> {
  const check = (length: number, place: string) => {
    if (length > limit) throw invalid(place, `${length} items`, `at most ${limit}`)
  }
  return {
    kind: `repeated ${item.kind}`,
    toWire(values, place) {
      check(values.length, place)
      return values.map((value, i) => item.toWire(value, `${place}[${i}]`))
    },
    fromWire(wires, place) {
      check(wires.length, place)
      return wires.map((wire, i) => item.fromWire(wire, `${place}[${i}]`))
    },
  }
}
