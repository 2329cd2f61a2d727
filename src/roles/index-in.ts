import { GemmeshError } from '../errors.ts'

/** A whole number in the path of a request; GEMMESH_MESSAGE_INVALID where it is none. */
export function indexIn(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new GemmeshError(
    'GEMMESH_MESSAGE_INVALID',
    `${JSON.stringify(text.slice(0, 80))} is no index of a block; a whole number is`,
  )
}
