/**
 * config/cluster.schema.json, and whether a value is what a part of it says. The file is made from schema.ts; commands read it, and not
 * that, because TypeBox is some 700 modules, which take them a fifth of a second.
 */
import { readFileSync } from 'node:fs'

/** The keywords of JSON Schema that schema.ts uses for what it checks. */
export interface JsonSchema {
  readonly type?: string
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly items?: JsonSchema
  readonly minItems?: number
  readonly maxItems?: number
  readonly anyOf?: readonly JsonSchema[]
  readonly pattern?: string
  readonly maxLength?: number
  readonly minimum?: number
  readonly exclusiveMinimum?: number
  readonly maximum?: number
  readonly errorMessage?: string
}

/** From src/config/ and from dist/config/ alike. */
export const clusterSchema: JsonSchema = JSON.parse(
  readFileSync(new URL('../../config/cluster.schema.json', import.meta.url), 'utf8'),
)

/** Of a list whether it is one of a right length, whatever its items are; of anything else but an object, whether it is right. */
export function fits(schema: JsonSchema, value: unknown): boolean {
  const { anyOf, type } = schema
  if (anyOf !== undefined) return anyOf.some(each => fits(each, value))
  switch (type) {
    case 'string':
      return typeof value === 'string' && isText(schema, value)
    case 'integer':
      return Number.isSafeInteger(value) && isWithin(schema, Number(value))
    case 'number':
      return Number.isFinite(value) && isWithin(schema, Number(value))
    case 'boolean':
      return typeof value === 'boolean'
    case 'array':
      return Array.isArray(value) && isLong(schema, value.length)
    default:
      return false
  }
}

const isText = ({ pattern, maxLength = Number.POSITIVE_INFINITY }: JsonSchema, text: string): boolean =>
  text.length <= maxLength && (pattern === undefined || new RegExp(pattern, 'u').test(text))

function isWithin({ minimum, exclusiveMinimum, maximum }: JsonSchema, value: number): boolean {
  const { NEGATIVE_INFINITY, POSITIVE_INFINITY } = Number
  return (
    value >= (minimum ?? NEGATIVE_INFINITY) &&
    value > (exclusiveMinimum ?? NEGATIVE_INFINITY) &&
    value <= (maximum ?? POSITIVE_INFINITY)
  )
}

const isLong = ({ minItems = 0, maxItems = Number.POSITIVE_INFINITY }: JsonSchema, length: number): boolean =>
  length >= minItems && length <= maxItems
