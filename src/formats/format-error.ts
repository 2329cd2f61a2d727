import { GemmeshError } from '../errors.ts'

/** GEMMESH_FORMAT_INVALID: what is wrong with a file of text or an archive, and in which line where it has lines. */
export const formatError = (
  name: string,
  line: number | undefined,
  message: string,
  cause?: unknown,
): GemmeshError =>
  new GemmeshError(
    'GEMMESH_FORMAT_INVALID',
    `${name}${line === undefined ? '' : `, line ${line}`}: ${message}`,
    { cause },
  )
