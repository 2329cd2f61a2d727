/** Numbers as text files spell them. */
import type { Dtype } from '../../core/matrix.ts'

const spelled = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eEdD][+-]?\d+)?$/
const special = /^([+-]?)(?:(inf|infinity)|nan)$/i

/** The number that `text` spells (Fortran's D for an exponent, inf and nan too); undefined where it spells none. */
export function numberOf(text: string): number | undefined {
  if (spelled.test(text)) {
    const number = Number(text)
    return Number.isNaN(number) ? Number(text.replace(/d/i, 'e')) : number
  }
  const found = special.exec(text)
  if (found === null) return undefined
  if (found[2] === undefined) return Number.NaN
  return found[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
}

/** Why a number is none of this type's, in words; undefined where it is one. */
export const misfit = (value: number, dtype: Dtype): string | undefined =>
  dtype === 'int32' && (value | 0) !== value
    ? `${value} is no int32: whole numbers from -2147483648 to 2147483647 are. Take --dtype float64`
    : undefined

/** Text that `numberOf` reads as the same number of this type again. */
export function numberText(value: number, dtype: Dtype): string {
  if (Number.isFinite(value)) {
    // Nine digits tell any two float32 apart; the shortest text of a float64 may have seventeen.
    if (dtype === 'float32') return Object.is(value, -0) ? '-0' : String(Number(value.toPrecision(9)))
    return Object.is(value, -0) ? '-0' : String(value)
  }
  return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf'
}
