/**
 * .npy files of narrower elements than those that are multiplied: whole numbers of 8 and 16 bits and booleans become int32, float16
 * becomes float32, which hold each of their values exactly.
 */
import { type FileHandle, open } from 'node:fs/promises'
import { bytesPerElement, type Dtype } from '../core/matrix.ts'
import { GemmeshError } from '../errors.ts'
import { readFault } from './file-errors.ts'
import { headerWindowBytes, parseNpyHeader } from './npy.ts'
import { NpySequence } from './npy-sequence.ts'
import { readRuns } from './runs.ts'

interface Narrow {
  readonly dtype: Dtype
  readonly bytes: 1 | 2
  readonly elementsOf: (bytes: ArrayBuffer) => Iterable<number>
}

/** By how NumPy writes it behind the order of its bytes. */
const types: ReadonlyMap<string, Narrow> = new Map<string, Narrow>([
  ['b1', { dtype: 'int32', bytes: 1, elementsOf: bytes => new Uint8Array(bytes) }],
  ['i1', { dtype: 'int32', bytes: 1, elementsOf: bytes => new Int8Array(bytes) }],
  ['u1', { dtype: 'int32', bytes: 1, elementsOf: bytes => new Uint8Array(bytes) }],
  ['i2', { dtype: 'int32', bytes: 2, elementsOf: bytes => new Int16Array(bytes) }],
  ['u2', { dtype: 'int32', bytes: 2, elementsOf: bytes => new Uint16Array(bytes) }],
  ['f2', { dtype: 'float32', bytes: 2, elementsOf: bytes => new Float16Array(bytes) }],
])
const chunkBytes = 256 * 1024

export interface WidenOptions {
  /** What messages call the file. */
  readonly name: string
  /** A longer .npy file is refused with GEMMESH_UPLOAD_TOO_LARGE. */
  readonly limitBytes?: number
  readonly signal?: AbortSignal
}

/** Writes what the .npy file at `source` holds to `target`, in the order it has there. The codes of `parseNpyHeader`. */
export async function widenNpy(source: string, target: string, options: WidenOptions): Promise<void> {
  const { name, limitBytes = Number.POSITIVE_INFINITY, signal } = options
  const file = await open(source).catch((error: unknown) => {
    throw readFault(error, name)
  })
  try {
    const { size } = await file.stat()
    const start = await read(file, 0, Math.min(size, headerWindowBytes), name)
    const narrow = narrowOf(start, name)
    const { dtype, bytes, elementsOf } = narrow
    const header = parseNpyHeader(new Uint8Array(start), size, name, () => narrow)
    const { rows, columns, dimensions, fortranOrder, dataOffset, dataBytes, bigEndian } = header
    const wideBytes = (dataBytes / bytes) * bytesPerElement[dtype]
    if (wideBytes > limitBytes)
      throw new GemmeshError(
        'GEMMESH_UPLOAD_TOO_LARGE',
        `${name} has ${wideBytes} bytes as ${dtype}; the limit is ${limitBytes}. Raise the option "upload-limit" of the configuration, or multiply parts of the matrix.`,
      )
    const sequence = await NpySequence.create(target, dtype)
    try {
      for (let offset = 0; offset < dataBytes; offset += chunkBytes) {
        signal?.throwIfAborted()
        const chunk = await read(file, dataOffset + offset, Math.min(chunkBytes, dataBytes - offset), name)
        if (bigEndian) Buffer.from(chunk).swap16()
        for (const element of elementsOf(chunk)) {
          sequence.push(element)
          if (sequence.isFull) await sequence.flush()
        }
      }
      await sequence.finish(rows, columns, fortranOrder, dimensions)
    } finally {
      await sequence.close()
    }
  } finally {
    await file.close()
  }
}

function narrowOf(start: ArrayBuffer, name: string): Narrow {
  const [, type = ''] = /'descr'\s*:\s*'.(..)'/.exec(Buffer.from(start).toString('latin1')) ?? []
  const narrow = types.get(type)
  if (narrow !== undefined) return narrow
  throw new GemmeshError('GEMMESH_INTERNAL', `${name} holds no elements that are to be widened`)
}

async function read(
  file: FileHandle,
  position: number,
  runBytes: number,
  name: string,
): Promise<ArrayBuffer> {
  const bytes = new Uint8Array(runBytes)
  await readRuns(file, { position, strideBytes: runBytes, runBytes, count: 1 }, bytes, runBytes, name)
  return bytes.buffer
}
