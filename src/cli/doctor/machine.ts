/** The part of `gemmesh doctor` that looks at this machine. */
import { execFileSync } from 'node:child_process'
import { accessSync, constants, existsSync, readFileSync, statfsSync } from 'node:fs'
import { cpus, hostname, totalmem } from 'node:os'
import { dirname } from 'node:path'
import { readProcessorImages } from '../../kernel/processor.ts'
import { type Selection, selectProcessor } from '../../kernel/select.ts'
import { type SimdLevel, simdLevel } from '../../kernel/simd.ts'
import { usableThreads } from '../../pool/usable-threads.ts'
import { dataFolder } from '../../store/folder.ts'
import { version } from '../../version.ts'
import { renderTable } from '../table.ts'
import { formatBytes } from '../units.ts'
import { showProcessors } from './show-processors.ts'

export interface MachineFindings {
  readonly version: string
  readonly runtime: {
    readonly node: string
    readonly v8: string
    readonly platform: string
    readonly path: string
  }
  /** Whether V8 can pair 128-bit operations into 256-bit ones, and whether this processor has those. */
  readonly revectorizer: { readonly inV8: boolean; readonly inCpu: boolean | 'unknown' }
  readonly processors: {
    readonly chosen: string
    /** What GEMMESH_SIMD allows. */
    readonly simd: SimdLevel
    readonly tuning: Selection['chosen']['tuning']
  } & Omit<Selection, 'chosen'>
  readonly cores: { readonly model: string; readonly present: number; readonly usable: number }
  readonly memory: { readonly totalBytes: number; readonly availableBytes: number }
  readonly data: { readonly folder: string; readonly writable: boolean; readonly freeBytes: number }
}

export async function examineMachine(data: string | undefined): Promise<MachineFindings> {
  const { chosen, ...selection } = await selectProcessor(await readProcessorImages())
  const present = cpus()
  return {
    version,
    runtime: {
      node: process.versions.node,
      v8: process.versions.v8,
      platform: `${process.platform} ${process.arch}`,
      path: process.execPath,
    },
    revectorizer: { inV8: hasRevectorizer(), inCpu: hasAvx2() },
    processors: {
      chosen: chosen.image.variant,
      simd: simdLevel(),
      tuning: chosen.tuning,
      ...selection,
    },
    cores: { model: present[0]?.model ?? 'unknown', present: present.length, usable: usableThreads() },
    memory: { totalBytes: totalmem(), availableBytes: process.availableMemory() },
    data: examineData(data),
  }
}

/** Asked of a process of its own: setting a flag that V8 does not know would make this one complain on stderr. */
function hasRevectorizer(): boolean {
  const options = execFileSync(process.execPath, ['--v8-options'], {
    encoding: 'utf8',
    maxBuffer: 16 * 2 ** 20,
  })
  return options.includes('--experimental-wasm-revectorize')
}

function hasAvx2(): boolean | 'unknown' {
  if (process.arch !== 'x64') return false
  try {
    return /^flags\s*:.*\bavx2\b/m.test(readFileSync('/proc/cpuinfo', 'utf8'))
  } catch {
    return 'unknown' // only Linux says it in a file
  }
}

/** The folder above the nodes' own ones, or the nearest one that exists and would hold it. */
function examineData(data: string | undefined): MachineFindings['data'] {
  const folder = dirname(dataFolder({ data, environment: process.env, name: hostname() }))
  let existing = folder
  while (!existsSync(existing) && existing !== dirname(existing)) existing = dirname(existing)
  const { bavail, bsize } = statfsSync(existing)
  return { folder, writable: isWritable(existing), freeBytes: bavail * bsize }
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK)
    return true
  } catch {
    return false
  }
}

export function showMachine(machine: MachineFindings): string {
  const { runtime, revectorizer, processors, cores, memory, data } = machine
  const facts = renderTable(
    [],
    [
      ['gemmesh', machine.version],
      ['runtime', `Node ${runtime.node}, V8 ${runtime.v8}, ${runtime.platform} (${runtime.path})`],
      ['revectorizer', describeRevectorizer(revectorizer, processors.simd)],
      ['cores', `${cores.usable} of ${cores.present} may be used (${cores.model})`],
      ['memory', `${formatBytes(memory.availableBytes)} of ${formatBytes(memory.totalBytes)} available`],
      [
        'data folder',
        `${data.folder} (${data.writable ? `writable, ${formatBytes(data.freeBytes)} free` : 'NOT writable: name another one with --data'})`,
      ],
    ],
  )
  return `${facts}\n\n${showProcessors({ ...processors, chosen: { variant: processors.chosen, tuning: processors.tuning } })}`
}

function describeRevectorizer({ inV8, inCpu }: MachineFindings['revectorizer'], simd: SimdLevel): string {
  if (simd !== 'wide') return `switched off by GEMMESH_SIMD=${simd}`
  if (!inV8) return 'not in this runtime: products run at half speed; use a newer Node for x64'
  if (inCpu === 'unknown') return 'in this runtime'
  return inCpu ? 'in this runtime, and the CPU has AVX2' : 'in this runtime, but the CPU has no AVX2'
}
