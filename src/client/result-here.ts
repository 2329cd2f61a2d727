/** A result whose file at master-combine is on this machine: copied, or taken along, instead of streamed (docs/adr/0014). */
import { constants, copyFile, link, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { FileReference } from '../api/schemas.ts'
import { syncFolder } from '../formats/durable.ts'
import { systemCode } from '../formats/file-errors.ts'
import { isThatFile } from '../formats/file-identity.ts'
import type { MasterHttp } from './http.ts'

/** Copies the result at an address to the file `target`. False where its file is not to be had here: then there is no target. */
export async function copyResult(http: MasterHttp, result: string, target: string): Promise<boolean> {
  const file = await findHere(http, result)
  if (file === undefined) return false
  try {
    // By the kernel; at once where the file system can share the blocks of two files.
    await copyFile(file.path, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
  } catch (error) {
    await rm(target, { force: true })
    if (systemCode(error) === 'EACCES') return false
    throw error
  }
  // It would be another one if it was removed and made again meanwhile.
  if (await isThatFile(file)) return true
  await rm(target, { force: true })
  return false
}

/**
 * Gives master-combine's file the name `target`, and has it let go of its own; at any time the file has one of them. False where that
 * does not go: then there is no target.
 */
export async function takeResult(http: MasterHttp, result: string, target: string): Promise<boolean> {
  const file = await findHere(http, result)
  if (file === undefined || !(await isOwn(file.path))) return false
  try {
    await link(file.path, target)
  } catch {
    return false // another file system, or one without links
  }
  await syncFolder(dirname(target))
  if (await isThatFile({ ...file, path: target })) await http.discard(result).catch(() => {})
  // Whether it let go, the file itself says better than an answer that may be lost.
  if (await isThatFile(file)) {
    await rm(target)
    return false
  }
  await separate(target)
  return true
}

async function findHere(http: MasterHttp, result: string): Promise<FileReference | undefined> {
  const file = await http.patiently(() => http.reference(result))
  return file !== undefined && (await isThatFile(file)) ? file : undefined
}

/** Whether it belongs to the user of this process, who may then do with it as with any file of theirs. */
async function isOwn(path: string): Promise<boolean> {
  const { uid } = await stat(path)
  return process.getuid === undefined || uid === process.getuid()
}

/** Copies a file that has another name besides: two who take the same result at once. */
async function separate(path: string): Promise<void> {
  if ((await stat(path)).nlink === 1) return
  const apart = `${path}.apart`
  try {
    await copyFile(path, apart)
    await rename(apart, path)
  } catch (error) {
    await rm(apart, { force: true })
    throw error
  }
}
