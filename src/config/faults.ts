import Type, { type TArray, type TObject, type TSchema } from 'typebox'
import { Value } from 'typebox/value'

/**
 * Every fault of `value` against `schema`: place, what was found, what is wanted. TypeBox's own list stops after
 * a few errors and knows no wording; this walks objects and lists and leaves each leaf's check to TypeBox.
 */
export function schemaFaults(schema: TSchema, value: unknown, place = ''): string[] {
  if (Type.IsObject(schema)) return objectFaults(schema, value, place)
  if (Type.IsArray(schema)) {
    if (!Array.isArray(value) || !fits(schema, value)) return [fault(place, value, wanted(schema))]
    return value.flatMap((item: unknown, index) => schemaFaults(schema.items, item, `${place}[${index}]`))
  }
  return Value.Check(schema, value) ? [] : [fault(place, value, wanted(schema))]
}

/** "slaves[1].port: found 70000, wanted a whole number from 1 to 65535" */
export function fault(place: string, found: unknown, wantedText: string): string {
  return `${place === '' ? 'the file' : place}: found ${foundText(found)}, wanted ${wantedText}`
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function objectFaults(schema: TObject, value: unknown, place: string): string[] {
  const known = Object.keys(schema.properties)
  if (!isRecord(value)) return [fault(place, value, wanted(schema))]
  const own = Object.entries(schema.properties).flatMap(([key, inner]) => {
    if (Object.hasOwn(value, key)) return schemaFaults(inner, value[key], at(place, key))
    return Type.IsOptional(inner) ? [] : [`${at(place, key)}: missing, wanted ${wanted(inner)}`]
  })
  const strange = Object.keys(value)
    .filter(key => !known.includes(key))
    .map(key => `${at(place, key)}: unknown key, wanted one of ${known.join(', ')}`)
  return [...own, ...strange]
}

/** Whether the list itself has a right length, whatever its items are. */
const fits = (schema: TArray, list: readonly unknown[]): boolean =>
  Value.Check({ ...schema, items: Type.Unknown() }, list)

const at = (place: string, key: string): string => {
  const plain = /^[\w$-]{1,100}$/.test(key)
  if (!plain) return `${place}[${shorten(JSON.stringify(key))}]`
  return place === '' ? key : `${place}.${key}`
}

function wanted(schema: TSchema): string {
  if (Type.IsObject(schema)) {
    const required = Object.entries(schema.properties).filter(([, inner]) => !Type.IsOptional(inner))
    return ['an object', required.map(([key]) => key).join(', ')].filter(Boolean).join(' with ')
  }
  const text: unknown = Reflect.get(schema, 'errorMessage')
  return typeof text === 'string' ? text : 'another value'
}

function foundText(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`
  // JSON has no Infinity, but 1e999 is one once it is read.
  if (typeof value === 'number') return String(value)
  if (isRecord(value)) return `an object with ${shorten(Object.keys(value).join(', ')) || 'no keys'}`
  return shorten(JSON.stringify(value) ?? String(value))
}

const shorten = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}...` : text)
