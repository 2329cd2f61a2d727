/**
 * GFLOPS of gemmesh's layers beside other libraries; docs/PERFORMANCE.md says what is measured and how.
 *
 *   npm run bench -- [--sizes 256,512,1024,2048] [--shapes odd | 2000x16x2000,...] [--dtypes float32,float64] [--threads 1,2]
 *                    [--trials 5] [--peers numpy,mathjs | none] [--variant wide] [--python /usr/bin/python3]
 *                    [--json | --markdown] [--save FILE] [--compare FILE] [--svg FILE] [--beyond] [--full]
 *
 * --beyond: int32 and min-plus, in place of squares. --full: everything for docs/PERFORMANCE.md, and writes it.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { showProcessors } from '../src/cli/doctor/show-processors.ts'
import { asGemmeshError, GemmeshError } from '../src/errors.ts'
import { readProcessorImages } from '../src/kernel/processor.ts'
import { selectProcessor } from '../src/kernel/select.ts'
import { usableThreads } from '../src/pool/usable-threads.ts'
import { comparisonText } from './compare.ts'
import { machine } from './machine.ts'
import { markdown } from './markdown.ts'
import { writePage } from './page.ts'
import { planSections } from './plan.ts'
import type { Report } from './report.ts'
import { runSections } from './run.ts'
import { plot } from './svg.ts'
import { systems } from './systems.ts'
import { tableText } from './table.ts'

try {
  await bench(parse())
} catch (error) {
  const { code, message } = asGemmeshError(error)
  console.error(`${code}: ${message}`)
  process.exitCode = 1
}

type Options = ReturnType<typeof parse>

function parse() {
  try {
    return parseArgs({
      options: {
        sizes: { type: 'string' },
        shapes: { type: 'string' },
        dtypes: { type: 'string' },
        threads: { type: 'string' },
        trials: { type: 'string' },
        peers: { type: 'string' },
        variant: { type: 'string' },
        python: { type: 'string' },
        json: { type: 'boolean', default: false },
        markdown: { type: 'boolean', default: false },
        save: { type: 'string' },
        compare: { type: 'string' },
        svg: { type: 'string' },
        beyond: { type: 'boolean', default: false },
        full: { type: 'boolean', default: false },
      },
    }).values
  } catch (cause) {
    throw new GemmeshError('GEMMESH_USAGE', asGemmeshError(cause).message, { cause })
  }
}

async function bench(given: Options): Promise<void> {
  await showChoice(given.variant)
  const known = systems(given)
  const sections = planSections(
    given,
    usableThreads(),
    known.map(({ name }) => name),
  )
  // Read first: a file that cannot be compared with is better known before the minutes.
  const saved: Report | undefined =
    given.compare === undefined ? undefined : JSON.parse(await readFile(given.compare, 'utf8'))
  const head = machine()
  const start = performance.now()
  const found = await runSections(sections, known, progress)
  const report: Report = {
    command: ['npm run bench --', ...process.argv.slice(2)].join(' '),
    seconds: (performance.now() - start) / 1e3,
    ...head,
    ...found,
    trials: sections[0]?.trials ?? 0,
  }
  const json = JSON.stringify(report, undefined, 2)
  console.log(given.json ? json : given.markdown ? markdown(report) : tableText(report))
  if (given.save !== undefined) await writeFile(given.save, `${json}\n`)
  if (given.svg !== undefined) await writeFile(given.svg, plot(report))
  if (given.full) await writePage(report)
  if (saved !== undefined) console.error(comparisonText(saved, report))
}

/** Which processor gemmesh's layers run, and why, on stderr: the figures of each candidate go beside those that follow. */
async function showChoice(variant: string | undefined): Promise<void> {
  const images = await readProcessorImages()
  const offered = images.filter(image => variant === undefined || image.variant === variant)
  if (offered.length === 0) {
    const variants = images.map(image => image.variant)
    throw new GemmeshError(
      'GEMMESH_USAGE',
      `--variant ${variant}: there is no such processor. Built: ${variants.join(', ')}.`,
    )
  }
  const { chosen, ...rest } = await selectProcessor(offered)
  console.error(showProcessors({ ...rest, chosen: { variant: chosen.image.variant, tuning: chosen.tuning } }))
}

/** On a terminal, what is being measured, on one line. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`)
}
