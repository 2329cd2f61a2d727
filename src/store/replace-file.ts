import { randomBytes } from 'node:crypto'
import { open, rm } from 'node:fs/promises'
import { renameDurably } from '../formats/durable.ts'
import { writeFault } from '../formats/file-errors.ts'

/**
 * Puts a file of this text in the place of the one at `path`, or of none: whoever reads it, also after a crash, finds
 * the old text or the new one. GEMMESH_OUTPUT_UNWRITABLE or GEMMESH_STORAGE_FULL leave the old one.
 */
export async function replaceFile(path: string, text: string, mode = 0o600): Promise<void> {
  const partial = `${path}.${randomBytes(4).toString('hex')}.partial`
  try {
    const file = await open(partial, 'wx', mode)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await renameDurably(partial, path)
  } catch (error) {
    await rm(partial, { force: true })
    throw writeFault(error, path)
  }
}
