import { dirname } from 'node:path'
import { type Disk, machineDisk } from './disk.ts'

/** Renames a file whose content is on the disk already, and waits until its new name is there too. */
export async function renameDurably(from: string, to: string, disk: Disk = machineDisk): Promise<void> {
  await disk.rename(from, to)
  await disk.syncFolder(dirname(to))
}

/** Waits until the names in a folder are on the disk. */
export const syncFolder = (path: string): Promise<void> => machineDisk.syncFolder(path)
