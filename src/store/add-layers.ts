/** Adds up the layers of a result that was cut along k: always in the same order, so that the bits are, too. */
import { gridRectangles, type Rectangle } from '../core/geometry.ts'
import { arrayOf, bytesPerElement } from '../core/matrix.ts'
import { type Disk, machineDisk } from '../formats/disk.ts'
import { NpyReader } from '../formats/npy-reader.ts'
import type { NpyWriter } from '../formats/npy-writer.ts'

export interface Layering {
  readonly layers: number
  /** ⊕: the sum so far comes first. */
  readonly add: (sum: number, next: number) => number
}

/** Elements that are added up at a time: 4 MiB of float64. */
const sliceElements = 2 ** 19

/**
 * The file at `path` holds `layers` matrices of the result's shape under each other; their sum goes to `result`. Floats are
 * summed as float64 and rounded once. Memory is bounded, and once more gives the same again.
 */
export async function addLayers(
  path: string,
  result: NpyWriter,
  { layers, add }: Layering,
  disk: Disk = machineDisk,
): Promise<void> {
  const { dtype, rows, columns } = result.spec
  const reader = await NpyReader.open(path, path, disk)
  try {
    for (const slice of slices(rows, columns)) {
      const elements = slice.rows * slice.columns
      const bytes = new Uint8Array(elements * bytesPerElement[dtype])
      const values = new arrayOf[dtype](bytes.buffer)
      const sum = new Float64Array(elements)
      for (let layer = 0; layer < layers; layer++) {
        await reader.read({ ...slice, row: layer * rows + slice.row }, bytes)
        if (layer === 0) sum.set(values)
        else for (const [index, value] of values.entries()) sum[index] = add(sum[index] ?? 0, value)
      }
      values.set(sum)
      await result.write(slice, bytes)
    }
  } finally {
    await reader.close()
  }
}

function slices(rows: number, columns: number): Rectangle[] {
  const across = Math.min(columns, sliceElements)
  return gridRectangles(
    edges(rows, Math.max(1, Math.floor(sliceElements / Math.max(1, across)))),
    edges(columns, across),
  )
}

function edges(length: number, step: number): number[] {
  const found: number[] = []
  for (let edge = 0; edge < length; edge += step) found.push(edge)
  return [...found, length]
}
