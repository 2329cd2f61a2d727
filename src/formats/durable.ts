import { open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { systemCode } from './file-errors.ts'

/** Renames a file whose content is on the disk already, and waits until its new name is there too. */
export async function renameDurably(from: string, to: string): Promise<void> {
  await rename(from, to)
  await syncFolder(dirname(to))
}

/** Waits until the names in a folder are on the disk. */
export async function syncFolder(path: string): Promise<void> {
  // Windows has no such thing, and refuses to open a folder.
  const folder = await open(path, 'r').catch((error: unknown) => {
    if (process.platform === 'win32' && systemCode(error) !== 'ENOENT') return undefined
    throw error
  })
  try {
    await folder?.sync()
  } finally {
    await folder?.close()
  }
}
