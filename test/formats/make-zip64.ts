/** A zip archive of stored members that lie, or end, beyond 4 GiB: what lies between is a hole of the file and takes no disk. */
import { type FileHandle, open } from 'node:fs/promises'

export interface Zip64Member {
  readonly name: string
  /** Where its local header lies. */
  readonly offset: number
  readonly bytes: number
  readonly crc32: number
  /** What it begins with; zeros follow. */
  readonly data: Uint8Array
}

const [localHeader, directoryHeader, zip64End, zip64Locator, end] = [
  0x04034b50, 0x02014b50, 0x06064b50, 0x07064b50, 0x06054b50,
]
const version = 45
/** In place of a figure that is in the zip64 field. */
const elsewhere = 0xffffffff

/** Figures of so many bytes each, little-endian. */
function fields(...pairs: readonly (readonly [value: number, bytes: 2 | 4 | 8])[]): Buffer {
  const made = Buffer.alloc(pairs.reduce((sum, [, bytes]) => sum + bytes, 0))
  let at = 0
  for (const [value, bytes] of pairs) {
    if (bytes === 8) made.writeBigUInt64LE(BigInt(value), at)
    else made.writeUIntLE(value, at, bytes)
    at += bytes
  }
  return made
}

/** APPNOTE.TXT 4.3.7, 4.3.12 and 4.5.3: sizes, and in the directory the offset, stand in the zip64 field. */
function header({ name, offset, bytes, crc32 }: Zip64Member, isDirectory: boolean): Buffer {
  const sizes = fields([bytes, 8], [bytes, 8], ...(isDirectory ? ([[offset, 8]] as const) : []))
  return Buffer.concat([
    fields([isDirectory ? directoryHeader : localHeader, 4]),
    ...(isDirectory ? [fields([version, 2])] : []),
    fields(
      [version, 2],
      [0, 2],
      [0, 2],
      [0, 4],
      [crc32, 4],
      [elsewhere, 4],
      [elsewhere, 4],
      [name.length, 2],
    ),
    fields([sizes.length + 4, 2]),
    ...(isDirectory ? [fields([0, 2], [0, 2], [0, 2], [0, 4], [elsewhere, 4])] : []),
    Buffer.from(name),
    fields([1, 2], [sizes.length, 2]),
    sizes,
  ])
}

export async function makeZip64(path: string, members: readonly Zip64Member[]): Promise<void> {
  const file = await open(path, 'w')
  try {
    let at = 0
    for (const member of members) {
      const local = header(member, false)
      await write(file, local, member.offset)
      await write(file, member.data, member.offset + local.length)
      at = Math.max(at, member.offset + local.length + member.bytes)
    }
    const directory = Buffer.concat(members.map(member => header(member, true)))
    const { length: count } = members
    const ends = at + directory.length
    await write(file, directory, at)
    const last = Buffer.concat([
      fields([zip64End, 4], [44, 8], [version, 2], [version, 2], [0, 4], [0, 4], [count, 8], [count, 8]),
      fields([directory.length, 8], [at, 8]),
      fields([zip64Locator, 4], [0, 4], [ends, 8], [1, 4]),
      fields([end, 4], [0, 2], [0, 2], [0xffff, 2], [0xffff, 2], [elsewhere, 4], [elsewhere, 4], [0, 2]),
    ])
    await write(file, last, ends)
  } finally {
    await file.close()
  }
}

async function write(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  await file.write(bytes, 0, bytes.length, position)
}
