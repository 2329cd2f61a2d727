import type { Disk } from '../formats/disk.ts'

/** All of a small file, as UTF-8; errors of the file system as they are. */
export async function readText(disk: Disk, path: string): Promise<string> {
  const file = await disk.open(path, 'r')
  try {
    const bytes = new Uint8Array(Number((await file.stat({ bigint: true })).size))
    let done = 0
    while (done < bytes.length) {
      const { bytesRead } = await file.read(bytes, done, bytes.length - done, done)
      if (bytesRead === 0) break
      done += bytesRead
    }
    return new TextDecoder().decode(bytes.subarray(0, done))
  } finally {
    await file.close()
  }
}
