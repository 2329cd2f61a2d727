import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { type Disk, machineDisk } from '../formats/disk.ts'
import { writeFault } from '../formats/file-errors.ts'

export interface FolderClues {
  /** as --data says */
  readonly data?: string | undefined
  /** of the process: GEMMESH_DATA and XDG_DATA_HOME count */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** of the node, as in the configuration */
  readonly name: string
}

/**
 * Where a node keeps its data: one folder a node name, so that nodes on one machine never share one, below --data,
 * else GEMMESH_DATA, else the user's data folder (https://specifications.freedesktop.org/basedir-spec/).
 */
export function dataFolder({ data, environment, name }: FolderClues): string {
  // The specification wants a relative XDG_DATA_HOME to be ignored.
  const { GEMMESH_DATA, XDG_DATA_HOME } = environment
  const xdg = XDG_DATA_HOME !== undefined && isAbsolute(XDG_DATA_HOME) ? XDG_DATA_HOME : undefined
  const perUser = join(xdg ?? join(homedir(), '.local', 'share'), 'gemmesh')
  // Hostnames do not differ by case alone, folders may.
  return join(resolve(data || GEMMESH_DATA || perUser), name.toLowerCase())
}

/** Makes a folder, and those above it, for its owner alone: matrices are nobody else's business. */
export async function makeFolder(path: string, disk: Disk = machineDisk): Promise<void> {
  try {
    await disk.makeFolder(path)
  } catch (error) {
    throw writeFault(error, path)
  }
}
