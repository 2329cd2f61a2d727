import { type ErrorCode, GemmeshError } from '../errors.ts'

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist: a part of its path is not a folder',
  EACCES: 'is not permitted to this user',
  EPERM: 'is not permitted',
  EISDIR: 'is a folder',
  EROFS: 'is on a read-only file system',
  EMFILE: 'cannot be opened: too many files are open',
  ENAMETOOLONG: 'has a name that is too long',
  ELOOP: 'is a circle of symbolic links',
  EIO: 'is on a disk that reports an error',
  EBADF: 'is closed',
  EFBIG: 'is larger than the file system permits',
}

/** The system's code of an error, such as ENOENT. */
export function systemCode(error: unknown): string | undefined {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined
  return typeof code === 'string' ? code : undefined
}

/** An error of the file system while reading, in words; a GemmeshError as it is. */
export const readFault = (error: unknown, path: string): GemmeshError =>
  fileFault('GEMMESH_FILE_UNREADABLE', error, path, 'Check the path and its permissions.')

/** An error of the file system while writing, in words; GEMMESH_STORAGE_FULL where the disk is full. */
export function writeFault(error: unknown, path: string): GemmeshError {
  const code = systemCode(error)
  return code === 'ENOSPC' || code === 'EDQUOT'
    ? new GemmeshError(
        'GEMMESH_STORAGE_FULL',
        `${path}: the ${code === 'EDQUOT' ? 'quota' : 'disk'} is full. Make room, or write to another disk.`,
        { cause: error },
      )
    : fileFault(
        'GEMMESH_OUTPUT_UNWRITABLE',
        error,
        path,
        'Check the path and its permissions, or name another place.',
      )
}

/** Of a file or folder that is not there any more, or was never to be written: nobody's disk failed. */
const notOfTheDisk = new Set(['EBADF', 'ENOENT', 'EACCES', 'EPERM', 'EROFS'])

/**
 * An error of the file system while what was written was to reach the disk. But for a full disk it cannot be made good by
 * trying again, because the system may have thrown away what it could not write: GEMMESH_STORAGE_FAILED.
 */
export function flushFault(error: unknown, path: string): GemmeshError {
  const fault = writeFault(error, path)
  const isKnown = error instanceof GemmeshError || notOfTheDisk.has(systemCode(error) ?? '')
  return isKnown || fault.code === 'GEMMESH_STORAGE_FULL' ? fault : storageFailed(error, path)
}

/** The disk did not take what must not be lost. */
export function storageFailed(error: unknown, path: string): GemmeshError {
  const reason = error instanceof Error ? error.message : String(error)
  return new GemmeshError(
    'GEMMESH_STORAGE_FAILED',
    `${path}: the disk failed (${reason}). What of the last writes it holds is known only when it is read anew: check the disk, then start the node again.`,
    { cause: error },
  )
}

function fileFault(code: ErrorCode, error: unknown, path: string, remedy: string): GemmeshError {
  if (error instanceof GemmeshError) return error
  const why =
    reasons[systemCode(error) ?? ''] ??
    `cannot be used: ${error instanceof Error ? error.message : String(error)}`
  return new GemmeshError(code, `${path} ${why}. ${remedy}`, { cause: error })
}
