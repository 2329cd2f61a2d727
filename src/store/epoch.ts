/** The epoch of a master: a number that grows by one at each of its starts, kept in its data folder. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFault } from '../formats/file-errors.ts'
import { makeFolder } from './folder.ts'
import { replaceFile } from './replace-file.ts'

/** The epoch of this start; it is on the disk before anybody hears of it. A damaged file is an error, not epoch 1. */
export async function nextEpoch(folder: string): Promise<number> {
  await makeFolder(folder)
  const path = join(folder, 'epoch')
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
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
  await replaceFile(path, `${epoch}\n`)
  return epoch
}
