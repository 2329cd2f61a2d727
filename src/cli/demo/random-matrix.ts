/** Matrices to try things on: reproducible from a seed. */
import { arrayOf, type Dtype } from '../../core/matrix.ts'
import { NpyWriter } from '../../formats/npy-writer.ts'

/** Mulberry32: 32 bits of state are enough for numbers that only have to look random. */
function generator(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let bits = Math.imul(state ^ (state >>> 15), state | 1)
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
  }
}

const slabElements = 2 ** 20
/** int32 elements lie from -100 to 100: products wrap only where k is beyond 200,000. */
const integerRange = 201

/** Writes a rows x columns .npy: floats evenly in [-1, 1), int32 in [-100, 100]. The file's content follows from the seed. */
export async function writeRandomMatrix(
  path: string,
  dtype: Dtype,
  rows: number,
  columns: number,
  seed: number,
): Promise<void> {
  const next = generator(seed)
  const draw =
    dtype === 'int32' ? () => Math.floor(next() * integerRange) - (integerRange >> 1) : () => 2 * next() - 1
  const writer = await NpyWriter.create(path, { dtype, rows, columns, dimensions: 2 })
  try {
    const slabRows = Math.max(1, Math.floor(slabElements / columns))
    for (let row = 0; row < rows; row += slabRows) {
      const count = Math.min(slabRows, rows - row)
      const slab = new arrayOf[dtype](count * columns)
      for (let index = 0; index < slab.length; index++) slab[index] = draw()
      await writer.write({ row, column: 0, rows: count, columns }, new Uint8Array(slab.buffer))
    }
  } finally {
    await writer.close()
  }
}
