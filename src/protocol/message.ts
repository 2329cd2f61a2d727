/** A message: the generated codec of wire.proto together with a table of its fields in domain terms. */
import type { Writer } from 'protobufjs/minimal.js'
import { GemmeshError } from '../errors.ts'
import type { Field, Nestable, OptionalField } from './fields.ts'

/** What the generated code offers of a message. */
export interface WireType<Wire> {
  encode(message: Wire, writer?: Writer): Writer
  decode(bytes: Uint8Array, length?: number): NoInfer<Wire>
}

/** A field kind for every field of the wire message: tsc reports one that is missing or of another type. */
export type FieldsOf<Wire> = {
  readonly [Key in Exclude<keyof Wire, '$unknowns'>]-?: Field<NonNullable<Wire[Key]>, unknown>
}

type ValueOf<F> = F extends Field<infer _, infer Value> ? Value : never
type OptionalKeys<Fields> = {
  [Key in keyof Fields]: Fields[Key] extends OptionalField<infer _, infer _> ? Key : never
}[keyof Fields]
type Values<Fields> = {
  readonly [Key in Exclude<keyof Fields, OptionalKeys<Fields>>]: ValueOf<Fields[Key]>
} & { readonly [Key in OptionalKeys<Fields>]?: ValueOf<Fields[Key]> | undefined }
type Flat<T> = { [Key in keyof T]: T[Key] }

export interface Message<Wire, Value> extends Nestable<Wire, Value> {
  readonly fields: Readonly<Record<string, Field<unknown, unknown>>>
  /** The bytes of a value, or GEMMESH_MESSAGE_INVALID where a field breaks its limits. */
  encode(value: Value): Uint8Array
  /** The value of the bytes with every field present, or GEMMESH_MESSAGE_INVALID. Copies: the bytes may be reused. */
  decode(bytes: Uint8Array): Value
}

/** The plain object that a message is to the program. */
export type MessageOf<M> = M extends Message<infer _, infer Value> ? Value : never

export function message<Wire extends object, Fields extends FieldsOf<Wire>>(
  name: string,
  wireType: WireType<Wire>,
  fields: Fields,
): Message<Wire, Flat<Values<Fields>>> {
  type Value = Flat<Values<Fields>>
  const table: [string, Field<unknown, unknown> & { optional?: true }][] = Object.entries(fields)

  const map = (from: object, direction: 'toWire' | 'fromWire', place: string): object => {
    const source = new Map<string, unknown>(Object.entries(from))
    const result: Record<string, unknown> = {}
    for (const [key, field] of table) {
      // A field at its default is not an own property of what the codec decoded, but inherited.
      const value = source.has(key) ? source.get(key) : Reflect.get(from, key)
      if (field.optional && value == null) continue
      const mapped = field[direction](value, `${place}.${key}`)
      if (mapped !== undefined) result[key] = mapped
    }
    return result
  }
  // The two casts of the protocol: `map` fills exactly the keys of `fields`, which TypeScript cannot follow.
  const toWire = (value: Value, place: string) => map(value, 'toWire', place) as Wire
  const fromWire = (wire: Wire, place: string) => map(wire, 'fromWire', place) as Value

  return {
    name,
    fields,
    toWire,
    fromWire,
    encode: value => wireType.encode(toWire(value, name)).finish(),
    decode(bytes) {
      let wire: Wire
      try {
        wire = wireType.decode(bytes)
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause)
        throw new GemmeshError(
          'GEMMESH_MESSAGE_INVALID',
          `${bytes.length} bytes are not a ${name} message: ${reason}. Do both nodes run the same version?`,
          { cause },
        )
      }
      return fromWire(wire, name)
    },
  }
}
