/** What a figure means nothing without: the machine and the versions it was measured on. */
import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'

export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryGiB: number
  /** Of the last minute, before the benchmark: on a busy machine only the ratios mean something. */
  readonly load: number
  readonly versions: Readonly<Record<string, string>>
}

export function machine(): Machine {
  const { version }: { version: string } = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  )
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    load: loadavg()[0] ?? 0,
    versions: { gemmesh: version, node: process.versions.node, v8: process.versions.v8 },
  }
}
