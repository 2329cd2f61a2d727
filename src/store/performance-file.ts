/** What master-assign measured of its slaves and learned of their jobs, kept across its restarts in its data folder. */
import { join } from 'node:path'
import Type from 'typebox'
import { Value } from 'typebox/value'
import { samplesKept } from '../core/performance/samples.ts'
import type { SlaveRecord } from '../core/performance.ts'
import { type CostRecord, jobsKept } from '../core/predict/job-costs.ts'
import { type Disk, machineDisk } from '../formats/disk.ts'
import { readFault, systemCode } from '../formats/file-errors.ts'
import { readText } from './read-text.ts'
import { replaceFile } from './replace-file.ts'

const version = 1

const Rate = Type.Number({ exclusiveMinimum: 0 })
const Amount = Type.Number({ minimum: 0 })
const Rates = Type.Array(Rate, { maxItems: samplesKept })
const PerformanceFile = Type.Object({
  version: Type.Literal(version),
  slaves: Type.Array(
    Type.Object({
      name: Type.String(),
      threads: Type.Optional(Type.Integer({ minimum: 1 })),
      own: Type.Optional(Type.Object({ float32: Rate, float64: Rate })),
      work: Type.Array(
        Type.Object({
          semiring: Type.Enum(['plus-times', 'min-plus', 'max-plus', 'max-min', 'or-and']),
          dtype: Type.Enum(['float32', 'float64', 'int32']),
          sizeClass: Type.Integer(),
          computeMs: Type.Number({ minimum: 0 }),
          rates: Rates,
        }),
      ),
      fetchBytesPerMs: Rates,
      sendBytesPerMs: Rates,
    }),
  ),
  // Not in the files of earlier versions.
  costs: Type.Optional(
    Type.Array(
      Type.Object({
        slave: Type.String(),
        kind: Type.String(),
        jobs: Type.Array(
          Type.Object({
            work: Type.Object({ flops: Amount, bytesIn: Amount, bytesOut: Amount }),
            ms: Type.Number({ exclusiveMinimum: 0 }),
          }),
          { maxItems: jobsKept },
        ),
      }),
    ),
  ),
})

/** What was measured of slaves' units and links, and what whole jobs took. */
export interface Learned {
  readonly slaves: readonly SlaveRecord[]
  readonly costs: readonly CostRecord[]
}

const pathIn = (folder: string): string => join(folder, 'performance.json')

/**
 * What the folder's file holds; nothing where there is none. One that is damaged, or of another version, is worth no more
 * than none: `onFault` hears why, and the slaves are measured anew.
 */
export async function readPerformance(
  folder: string,
  onFault: (path: string, reason: string) => void,
  disk: Disk = machineDisk,
): Promise<Learned> {
  const path = pathIn(folder)
  try {
    const found: unknown = JSON.parse(await readText(disk, path))
    if (Value.Check(PerformanceFile, found)) return { slaves: found.slaves, costs: found.costs ?? [] }
    const [first] = Value.Errors(PerformanceFile, found)
    onFault(
      path,
      `it is not what version ${version} writes: ${first?.instancePath || 'all of it'} ${first?.message}`,
    )
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return nothing
    onFault(path, error instanceof SyntaxError ? error.message : readFault(error, path).message)
  }
  return nothing
}

const nothing: Learned = { slaves: [], costs: [] }

export function writePerformance(
  folder: string,
  { slaves, costs }: Learned,
  disk: Disk = machineDisk,
): Promise<void> {
  return replaceFile(pathIn(folder), `${JSON.stringify({ version, slaves, costs })}\n`, { disk })
}
