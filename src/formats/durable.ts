import { dirname } from 'node:path'
import { type Disk, machineDisk } from './disk.ts'
import { flushFault } from './file-errors.ts'

/** Renames a file whose content is on the disk already, and waits until its new name is there too. */
export async function renameDurably(from: string, to: string, disk: Disk = machineDisk): Promise<void> {
  await disk.rename(from, to)
  await disk.syncFolder(dirname(to))
}

/**
 * The same for a name that no other file bears: where it was given before, but its flush failed, once more goes on from there.
 * Errors as `flushFault` has them.
 */
export async function nameDurably(from: string, to: string, disk: Disk = machineDisk): Promise<void> {
  try {
    const isNamed = await disk.stat(to).then(
      () => true,
      () => false,
    )
    if (!isNamed) await disk.rename(from, to)
    await disk.syncFolder(dirname(to))
  } catch (error) {
    throw flushFault(error, to)
  }
}

/** Waits until the names in a folder are on the disk. Errors as `flushFault` has them. */
export async function syncFolder(path: string, disk: Disk = machineDisk): Promise<void> {
  await disk.syncFolder(path).catch((error: unknown) => {
    throw flushFault(error, path)
  })
}
