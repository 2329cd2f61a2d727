import { fits, type JsonSchema } from './schema-file.ts'

/** Every fault of `value` against `schema`: place, what was found, what is wanted. */
export function schemaFaults(schema: JsonSchema, value: unknown, place = ''): string[] {
  const { properties, items } = schema
  if (properties !== undefined) return objectFaults({ ...schema, properties }, value, place)
  if (!fits(schema, value)) return [fault(place, value, wanted(schema))]
  if (items === undefined || !Array.isArray(value)) return []
  return value.flatMap((item: unknown, index) => schemaFaults(items, item, `${place}[${index}]`))
}

/** "slaves[1].port: found 70000, wanted a whole number from 1 to 65535" */
export function fault(place: string, found: unknown, wantedText: string): string {
  return `${place === '' ? 'the file' : place}: found ${foundText(found)}, wanted ${wantedText}`
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

type ObjectSchema = JsonSchema & Required<Pick<JsonSchema, 'properties'>>

function objectFaults(schema: ObjectSchema, value: unknown, place: string): string[] {
  const known = Object.keys(schema.properties)
  if (!isRecord(value)) return [fault(place, value, wanted(schema))]
  const own = Object.entries(schema.properties).flatMap(([key, inner]) => {
    if (Object.hasOwn(value, key)) return schemaFaults(inner, value[key], at(place, key))
    return !schema.required?.includes(key) ? [] : [`${at(place, key)}: missing, wanted ${wanted(inner)}`]
  })
  const strange = Object.keys(value)
    .filter(key => !known.includes(key))
    .map(key => `${at(place, key)}: unknown key, wanted one of ${known.join(', ')}`)
  return [...own, ...strange]
}

const at = (place: string, key: string): string => {
  const plain = /^[\w$-]{1,100}$/.test(key)
  if (!plain) return `${place}[${shorten(JSON.stringify(key))}]`
  return place === '' ? key : `${place}.${key}`
}

function wanted({ properties, required = [], errorMessage = 'another value' }: JsonSchema): string {
  if (properties === undefined) return errorMessage
  return ['an object', required.join(', ')].filter(Boolean).join(' with ')
}

function foundText(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`
  // JSON has no Infinity, but 1e999 is one once it is read.
  if (typeof value === 'number') return String(value)
  if (isRecord(value)) return `an object with ${shorten(Object.keys(value).join(', ')) || 'no keys'}`
  return shorten(JSON.stringify(value) ?? String(value))
}

const shorten = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}...` : text)
