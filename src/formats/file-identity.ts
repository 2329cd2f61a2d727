/** Which file a path means: whether two processes that name it mean the same one, unchanged. */
import { stat } from 'node:fs/promises'
import { readFault } from './file-errors.ts'

/** Numbers of 64 bits are texts. */
export interface FileIdentity {
  readonly path: string
  readonly device: string
  readonly inode: string
  readonly bytes: number
  readonly modifiedNs: string
}

/** GEMMESH_FILE_UNREADABLE where there is none. */
export async function identifyFile(path: string): Promise<FileIdentity> {
  const { dev, ino, size, mtimeNs } = await stat(path, { bigint: true }).catch((error: unknown) => {
    throw readFault(error, path)
  })
  return { path, device: `${dev}`, inode: `${ino}`, bytes: Number(size), modifiedNs: `${mtimeNs}` }
}

/** Whether this process finds that very file there. In another container or on another machine it does not. */
export async function isThatFile(identity: FileIdentity): Promise<boolean> {
  const here = await identifyFile(identity.path).catch(() => undefined)
  return (
    here !== undefined &&
    here.device === identity.device &&
    here.inode === identity.inode &&
    here.bytes === identity.bytes &&
    here.modifiedNs === identity.modifiedNs
  )
}
