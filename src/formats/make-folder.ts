import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * A folder with those above it, for their owner alone; one that is there already stays as it is. Fails as the system does.
 *
 * Not by mkdir's own `recursive`, which tries for ever below a folder that is there and takes none, such as /proc: a node
 * given such a place hung in silence.
 */
export async function makeFolder(path: string, isLastTry = false): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 })
  } catch (error) {
    const there = await stat(path).catch(() => undefined)
    if (there?.isDirectory()) return
    const isAboveMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    if (!isAboveMissing || isLastTry) throw error
    await makeFolder(dirname(path))
    await makeFolder(path, true)
  }
}
