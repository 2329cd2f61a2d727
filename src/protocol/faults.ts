/** Errors on the wire: a Fault is the code, the message and the single faults of a GemmeshError. */
import { asGemmeshError, GemmeshError, isErrorCode } from '../errors.ts'
import { limits } from './limits.ts'
import type { Fault } from './messages.ts'

const cut = (text: string): string =>
  text.length <= limits.faultCharacters ? text : `${text.slice(0, limits.faultCharacters - 3)}...`

/** The Fault of whatever was thrown, cut to what a message may hold. */
export function faultOf(error: unknown): Fault {
  const { code, message, faults } = asGemmeshError(error)
  return { code, message: cut(message), faults: faults.slice(0, limits.faultItems).map(cut) }
}

/** The error another node reported; a code that is not in the table stands in the message of GEMMESH_INTERNAL. */
export function errorOfFault({ code, message, faults }: Fault): GemmeshError {
  return isErrorCode(code)
    ? new GemmeshError(code, message, { faults })
    : new GemmeshError('GEMMESH_INTERNAL', `${code}: ${message}`, { faults })
}
