/**
 * `npm run bench:local`: products on this machine, from .npy files on disk to a .npy file on disk, by `gemmesh multiply` and by
 * NumPy, in one interleaved run on the same cores. A trial is a whole process, from its start to its end, start-up and imports
 * included. Files are in the page cache; before each trial A and B change, C is removed, and the disk has settled; neither
 * waits for the disk at its end. Every C is checked.
 *
 *     node bench/local.ts [--products f32:8192,f32:4096,f64:4096] [--trials 7] [--folder DIR] [--words '--memory 1GiB'] [--verify] [--json]
 *
 * With --verify in turn with `gemmesh multiply --verify`, too: what checking every tile costs.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { renderTable } from '../src/cli/table.ts'
import { builtProgram } from './built-program.ts'
import { runCommand } from './cluster/command.ts'
import { SquareFiles } from './cluster/files.ts'
import { numpy } from './cluster/peers.ts'
import { machine } from './machine.ts'
import { summary } from './statistics.ts'

const dtypes = { f32: 'float32', f64: 'float64' } as const
const sayPeak =
  'data:text/javascript,process.on("exit",()=>console.log("peak",process.resourceUsage().maxRSS))'

const { values } = parseArgs({
  options: {
    products: { type: 'string', default: 'f32:8192,f32:4096,f64:4096' },
    trials: { type: 'string', default: '7' },
    folder: { type: 'string', default: tmpdir() },
    words: { type: 'string', default: '' },
    verify: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
})
const words = values.words.split(' ').filter(word => word !== '')
const peer = await numpy()
if ('missing' in peer) throw new Error(`NumPy is missing: ${peer.missing}`)
const { cpu, cores, memoryGiB, load, versions } = machine()
console.error(
  `${cpu}, ${cores} cores, ${memoryGiB} GiB, load ${load.toFixed(1)}; Node ${versions.node}; ${values.trials} trials\nNumPy: ${peer.about}`,
)
/** Of gemmesh's last process. */
let peakBytes = 0
let program = ''
const folder = await mkdtemp(join(values.folder, 'gemmesh-bench-'))
try {
  program = await builtProgram(folder)
  for (const word of values.products.split(',')) {
    const [dtype = '', n] = word.split(':')
    if (dtype !== 'f32' && dtype !== 'f64') throw new Error(`no dtype ${dtype}: f32 or f64`)
    await measure(await SquareFiles.create(folder, dtypes[dtype], Number(n)), Number(values.trials))
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}

/** Milliseconds of the whole process. */
async function multiply({ files: { a, b, c } }: SquareFiles, ...more: string[]): Promise<number> {
  const options = ['-o', c, ...words, ...more]
  const command = [process.execPath, '--import', sayPeak, program, 'multiply', a, b, ...options]
  const { ms, stdout } = await runCommand(command)
  peakBytes = Number(/^peak (\d+)$/m.exec(stdout)?.[1] ?? Number.NaN) * 1024
  return ms
}

async function measure(product: SquareFiles, trials: number): Promise<void> {
  const { dtype, n, files } = product
  const times: Record<'gemmesh' | '--verify' | 'NumPy', number[]> = { gemmesh: [], '--verify': [], NumPy: [] }
  const verified = ['--verify', (product: SquareFiles) => multiply(product, '--verify')] as const
  const systems = [
    ...(values.verify ? [verified] : []),
    ['gemmesh', (product: SquareFiles) => multiply(product)] as const,
    ['NumPy', 'missing' in peer ? multiply : peer.multiply] as const,
  ]
  // Trial 0 does not count: pages and code become warm.
  for (let trial = 0; trial <= trials; trial++)
    for (const [name, run] of trial % 2 === 0 ? systems : systems.toReversed()) {
      await product.renew()
      await runCommand(['sync'])
      const ms = await run(product)
      if (trial === 0) await product.check()
      else times[name].push(ms)
    }
  await Promise.all([files.a, files.b, files.c].map(path => rm(path)))
  const beside = (list: readonly number[]) =>
    summary(list.map((ms, trial) => ms / (times.gemmesh[trial] ?? Number.NaN)))
  const ratio = beside(times.NumPy)
  const rows = systems.map(([name]) => {
    const { median, min, max } = summary(times[name])
    if (values.json)
      console.log(JSON.stringify({ dtype, n, name, ms: times[name], median, ratio, peakBytes }))
    return [
      name,
      (median / 1000).toFixed(2),
      `${(min / 1000).toFixed(2)} to ${(max / 1000).toFixed(2)}`,
      ((2 * n ** 3) / median / 1e6).toFixed(0),
    ]
  })
  if (values.json) return
  console.log(`\n${dtype} ${n}x${n}x${n}, .npy to .npy, whole processes`)
  console.log(renderTable(['', 'seconds', 'spread', 'GFLOPS'], rows, [1, 2, 3]))
  console.log(
    `gemmesh is ${ratio.median.toFixed(2)} times as fast (${ratio.min.toFixed(2)} to ${ratio.max.toFixed(2)}), with a peak of ${Math.round(peakBytes / 2 ** 20)} MiB of memory`,
  )
  if (!values.verify) return
  const cost = beside(times['--verify'])
  console.log(
    `with --verify it takes ${cost.median.toFixed(3)} of the time (${cost.min.toFixed(3)} to ${cost.max.toFixed(3)})`,
  )
}
