import { randomBytes } from 'node:crypto'
import { type Disk, machineDisk } from '../formats/disk.ts'
import { renameDurably } from '../formats/durable.ts'
import { writeFault } from '../formats/file-errors.ts'

export interface ReplaceOptions {
  /** Of the file; default: its owner's alone. */
  readonly mode?: number
  /** The machine's where absent. */
  readonly disk?: Disk
}

/**
 * Puts a file of this text in the place of the one at `path`, or of none: whoever reads it, also after a crash, finds
 * the old text or the new one. GEMMESH_OUTPUT_UNWRITABLE or GEMMESH_STORAGE_FULL leave the old one.
 */
export async function replaceFile(
  path: string,
  text: string,
  { mode = 0o600, disk = machineDisk }: ReplaceOptions = {},
): Promise<void> {
  const partial = `${path}.${randomBytes(4).toString('hex')}.partial`
  try {
    const file = await disk.open(partial, 'wx', mode)
    try {
      const bytes = Buffer.from(text)
      for (let done = 0; done < bytes.length; )
        done += (await file.write(bytes, done, bytes.length - done, done)).bytesWritten
      await file.sync()
    } finally {
      await file.close()
    }
    await renameDurably(partial, path, disk)
  } catch (error) {
    await disk.remove(partial)
    throw writeFault(error, path)
  }
}
