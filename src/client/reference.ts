/** Whether the master sees the very file that a user names, so that it need not be uploaded. */
import { realpath, stat } from 'node:fs/promises'
import type { OperandView } from '../api/schemas.ts'
import { GemmeshError } from '../errors.ts'
import type { MasterHttp } from './http.ts'

/**
 * The file's path where the master may read it and finds the same one there: size, time of change and inode say so. Undefined
 * where it does not, whatever the reason: then it has to be uploaded.
 */
export async function referenceTo(http: MasterHttp, file: string): Promise<{ path: string } | undefined> {
  try {
    const path = await realpath(file)
    const { size, mtimeNs, ino } = await stat(path, { bigint: true })
    const seen = await http.patiently(() => http.json<OperandView>('POST', '/v1/operands', { path }))
    const same =
      seen.bytes === Number(size) && seen.modifiedUs === Number(mtimeNs / 1000n) && seen.inode === String(ino)
    return same ? { path } : undefined
  } catch (error) {
    if (error instanceof GemmeshError && error.code === 'GEMMESH_MASTER_UNREACHABLE') throw error
    return undefined
  }
}
