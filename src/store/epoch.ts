/** The epoch of a master: a number that grows by one at each of its starts, kept in its data folder. */
import { join } from 'node:path'
import { type Disk, machineDisk } from '../formats/disk.ts'
import { writeFault } from '../formats/file-errors.ts'
import { makeFolder } from './folder.ts'
import { readText } from './read-text.ts'
import { replaceFile } from './replace-file.ts'

/** The epoch of this start; it is on the disk before anybody hears of it. A damaged file is an error, not epoch 1. */
export async function nextEpoch(folder: string, disk: Disk = machineDisk): Promise<number> {
  await makeFolder(folder, disk)
  const path = join(folder, 'epoch')
  const text = await readText(disk, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '0'
    throw writeFault(error, path)
  })
  const epoch = Number(text) + 1
  if (!/^\d{1,15}\n?$/.test(text)) {
    throw writeFault(
      new Error(
        `it holds ${JSON.stringify(text.slice(0, 40))}, not a number; the start after the last known epoch needs it`,
      ),
      path,
    )
  }
  await replaceFile(path, `${epoch}\n`, { disk })
  return epoch
}
