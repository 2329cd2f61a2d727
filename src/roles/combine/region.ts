/** A rectangle of a result as a .npy file of its own: `?rows=0:512&columns=512:1024`, as NumPy's C[0:512, 512:1024]. */
import { Readable } from 'node:stream'
import { describeRectangle, type Rectangle } from '../../core/geometry.ts'
import { bytesPerElement, type Shape } from '../../core/matrix.ts'
import { asGemmeshError, GemmeshError } from '../../errors.ts'
import type { Disk } from '../../formats/disk.ts'
import { npyHeaderBytes } from '../../formats/npy.ts'
import { NpyReader } from '../../formats/npy-reader.ts'
import { readStrips, stripBytes } from '../../formats/strips.ts'
import type { ResultStore } from '../../store/results.ts'
import type { CombineJob } from './combine-job.ts'

export interface RegionQuery {
  readonly rows?: string
  readonly columns?: string
}

export interface RegionFile {
  readonly bytes: number
  readonly stream: Readable
}

export const isRegion = ({ rows, columns }: RegionQuery): boolean =>
  rows !== undefined || columns !== undefined

/**
 * A part of the result of a job, `open` while it is not sealed, as soon as all its tiles are placed. GEMMESH_JOB_UNFINISHED says what is
 * missing; a product that is cut along k has nothing to read before its parts are added up, at the end.
 */
export async function regionOf(
  job: string,
  query: RegionQuery,
  { results, open, disk }: { readonly results: ResultStore; readonly open?: CombineJob; readonly disk: Disk },
): Promise<RegionFile> {
  const partial = results.partialPath(job)
  const region = (shape: Shape) => parseRegion(query, shape)
  if (partial !== undefined) {
    if (open !== undefined) {
      const { rows, columns } = open.description
      const wanted = region([rows, columns])
      checkPlaced(job, wanted, open.placement.missingIn(wanted))
    }
    try {
      return await readRegion(partial, region, disk)
    } catch (error) {
      // It was sealed meanwhile, and has its own name now.
      if (asGemmeshError(error).code !== 'GEMMESH_FILE_UNREADABLE') throw error
    }
  }
  return readRegion(await results.path(job), region, disk)
}

/** Of a result of this shape; all rows, or columns, where they are not said. GEMMESH_USAGE. */
function parseRegion({ rows, columns }: RegionQuery, [m, n]: Shape): Rectangle {
  const [row, rowEnd] = parseInterval('rows', rows, m)
  const [column, columnEnd] = parseInterval('columns', columns, n)
  return { row, column, rows: rowEnd - row, columns: columnEnd - column }
}

function parseInterval(name: string, text: string | undefined, length: number): [from: number, to: number] {
  if (text === undefined) return [0, length]
  const [, from, to] = /^(\d{1,15}):(\d{1,15})$/.exec(text) ?? []
  const interval: [number, number] = [Number(from), Number(to)]
  if (interval[0] < interval[1] && interval[1] <= length) return interval
  throw new GemmeshError(
    'GEMMESH_USAGE',
    `${name}=${text.slice(0, 40)} is no part of a result with ${length} ${name}: say where it begins and where it ends, such as ${name}=0:${Math.min(length, 512)}.`,
  )
}

/** GEMMESH_JOB_UNFINISHED unless nothing is missing. */
function checkPlaced(job: string, region: Rectangle, missing: readonly Rectangle[]): void {
  const [first] = missing
  if (first === undefined) return
  const more = missing.length === 1 ? '' : `, and ${missing.length - 1} more tiles that it needs,`
  throw new GemmeshError(
    'GEMMESH_JOB_UNFINISHED',
    `${describeRectangle(region)} of the result of job ${job} cannot be read yet: the tile of ${describeRectangle(first)}${more} ${missing.length === 1 ? 'is' : 'are'} not placed. Ask again later.`,
  )
}

/** A region of the file at `path`, which `within` derives from its shape. */
async function readRegion(
  path: string,
  within: (shape: Shape) => Rectangle,
  disk: Disk,
): Promise<RegionFile> {
  const reader = await NpyReader.open(path, path, disk)
  const { dtype, rows, columns } = reader.header
  const elementBytes = bytesPerElement[dtype]
  try {
    const region = within([rows, columns])
    const strips = await readStrips(region, elementBytes, (strip, target) => reader.read(strip, target))
    const header = npyHeaderBytes({ dtype, rows: region.rows, columns: region.columns, dimensions: 2 })
    const pieces = async function* () {
      try {
        yield header
        yield* strips
      } finally {
        await reader.close()
      }
    }
    const stream = Readable.from(pieces(), { objectMode: false, highWaterMark: stripBytes })
    // Begun at once: what is never begun is never ended, and its file not closed.
    stream.read(0)
    return { bytes: header.length + region.rows * region.columns * elementBytes, stream }
  } catch (error) {
    await reader.close()
    throw error
  }
}
