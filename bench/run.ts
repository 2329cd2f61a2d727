/** All sections, one number of threads after the other, each system in a process of its own. */
import { asGemmeshError } from '../src/errors.ts'
import { type Contender, measureCase } from './measure.ts'
import { type Peak, PeakMeter } from './peak.ts'
import { PeerProcess } from './peer-process.ts'
import type { Section } from './plan.ts'
import { kindName, shapeName } from './product.ts'
import type { CaseResult, Report } from './report.ts'
import { canMultiply, type System } from './systems.ts'

export type Found = Pick<Report, 'systems' | 'missing' | 'peaks' | 'results'>

/** `say` is told what is being measured; the empty text at the end. */
export async function runSections(
  sections: readonly Section[],
  known: readonly System[],
  say: (text: string) => void,
): Promise<Found> {
  const about: Record<string, string> = {}
  const missing: Record<string, string> = {}
  const peaks: Peak[] = []
  const results: CaseResult[] = []
  for (const threads of [...new Set(sections.flatMap(section => section.threads))]) {
    const own = sections.filter(section => section.threads.includes(threads))
    const wanted = known.filter(
      system =>
        (system.threaded || threads === 1) &&
        own.some(
          ({ systems, semiring }) =>
            (systems?.includes(system.name) ?? true) && canMultiply(system, semiring),
        ),
    )
    const meter = PeakMeter.start(threads)
    const contenders: Contender[] = []
    try {
      for (const system of wanted) {
        say(`starting ${system.name}`)
        const process = await start(system, threads)
        if (typeof process === 'string') missing[system.name] = process
        else contenders.push({ system, process, lastGflops: new Map() })
      }
      for (const { system, process } of contenders) about[system.name] ??= process.about
      results.push(...(await runThreads(own, contenders, meter, threads, say)))
      peaks.push(...meter.peaks)
    } finally {
      await Promise.all([meter.close(), ...contenders.map(({ process }) => process.close())])
    }
  }
  say('')
  return { systems: about, missing, peaks, results }
}

async function runThreads(
  sections: readonly Section[],
  contenders: readonly Contender[],
  meter: PeakMeter,
  threads: number,
  say: (text: string) => void,
): Promise<CaseResult[]> {
  const results: CaseResult[] = []
  for (const section of sections) {
    const own = contenders.filter(({ system }) => section.systems?.includes(system.name) ?? true)
    for (const { lastGflops } of own) lastGflops.clear()
    for (const dtype of section.dtypes) {
      for (const shape of section.shapes) {
        const { semiring } = section
        const product = { dtype, ...shape, ...(semiring && { semiring }) }
        say(`${kindName(product)}, threads: ${threads}, ${shapeName(shape)}`)
        if (dtype !== 'int32') await meter.measure(dtype)
        results.push(await measureCase(own, section, product, threads))
      }
    }
  }
  return results
}

/** The process of a system, or why there is none. */
async function start(system: System, threads: number): Promise<PeerProcess | string> {
  const command = system.command(threads)
  if (typeof command === 'string') return command
  try {
    return await PeerProcess.start(system.name, command)
  } catch (error) {
    // Without gemmesh itself there is nothing to measure.
    if (system.ours) throw error
    return asGemmeshError(error).message
  }
}
