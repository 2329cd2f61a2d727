/**
 * `npm run bench:cluster`: products from .npy files on disk to a .npy file on disk, by gemmesh on five processes of this
 * machine, NumPy, Dask distributed and ScaLAPACK, in one interleaved run on the same cores. A trial is a user's command from
 * its start to its end; clusters of gemmesh and Dask stand already. Files are in the page cache; before each trial A and B
 * change, so that no cache knows them, C is removed, and the disk has settled. Every C is checked. Before the trials each warms up,
 * gemmesh until its slaves take no new memory any more; what that took stands below the table.
 *
 *     node bench/cluster.ts [--products f32:8192,f64:4096] [--trials 5] [--folder DIR] [--only gemmesh,NumPy] [--json]
 *                           [--options '{"unit-edge": 2048}'] [--words '--upload']
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { renderTable } from '../src/cli/table.ts'
import { runCommand } from './cluster/command.ts'
import type { Contender } from './cluster/contender.ts'
import { SquareFiles } from './cluster/files.ts'
import { gemmesh } from './cluster/gemmesh.ts'
import { dask, numpy, scalapack } from './cluster/peers.ts'
import { warmUp } from './cluster/warm-up.ts'
import { machine } from './machine.ts'
import { summary } from './statistics.ts'

const dtypes = { f32: 'float32', f64: 'float64' } as const

const { values } = parseArgs({
  options: {
    products: { type: 'string', default: 'f32:8192,f64:4096' },
    trials: { type: 'string', default: '5' },
    folder: { type: 'string', default: tmpdir() },
    only: { type: 'string', default: '' },
    options: { type: 'string', default: '{}' },
    words: { type: 'string', default: '' },
    json: { type: 'boolean', default: false },
  },
})

const folder = await mkdtemp(join(values.folder, 'gemmesh-bench-'))
const wanted = values.only.toLowerCase().split(',')
const isWanted = (name: string) =>
  values.only === '' || wanted.some(part => name.toLowerCase().includes(part))
const contenders: Contender[] = []
try {
  const { cpu, cores, memoryGiB, load, versions } = machine()
  console.error(
    `${cpu}, ${cores} cores, ${memoryGiB} GiB, load ${load.toFixed(1)}; Node ${versions.node}; ${values.trials} trials`,
  )
  const words = values.words.split(' ').filter(word => word !== '')
  const makers = [
    ['gemmesh', () => gemmesh(folder, JSON.parse(values.options), words)],
    ['NumPy', numpy],
    ['Dask', dask],
    ['ScaLAPACK', () => scalapack(folder)],
  ] as const
  for (const [name, make] of makers) {
    if (!isWanted(name)) continue
    const found = await make()
    if ('missing' in found) console.error(`${found.name} is left out: ${found.missing}`)
    else {
      contenders.push(found)
      console.error(`${found.name}: ${found.about}`)
    }
  }
  for (const word of values.products.split(',')) {
    const [dtype = '', n] = word.split(':')
    if (dtype !== 'f32' && dtype !== 'f64') throw new Error(`no dtype ${dtype}: f32 or f64`)
    await measure(await SquareFiles.create(folder, dtypes[dtype], Number(n)), Number(values.trials))
  }
} finally {
  await Promise.all(contenders.map(contender => contender.end()))
  await rm(folder, { recursive: true, force: true })
}

async function measure(product: SquareFiles, trials: number): Promise<void> {
  const { dtype, n, files } = product
  const running = contenders.filter(contender => contender.takes(dtype))
  const times = new Map(running.map(({ name }) => [name, [] as number[]]))
  const once = async (contender: Contender) => {
    await product.renew()
    await runCommand(['sync'])
    const ms = await contender.multiply(product)
    await product.check()
    return ms
  }
  const before = new Map<string, readonly number[]>()
  for (const contender of running) before.set(contender.name, await warmUp(contender, () => once(contender)))
  for (let trial = 0; trial < trials; trial++)
    for (const contender of trial % 2 === 0 ? running : running.toReversed())
      times.get(contender.name)?.push(await once(contender))
  await Promise.all([files.a, files.b, files.c].map(path => rm(path)))
  const ours = times.get('gemmesh') ?? []
  const rows = running.map(({ name }) => {
    const taken = times.get(name) ?? []
    const { median, min, max } = summary(taken)
    const ratio = summary(taken.map((ms, trial) => ms / (ours[trial] ?? Number.NaN)))
    const gflops = (2 * n ** 3) / median / 1e6
    const warmUpMs = before.get(name) ?? []
    if (values.json) console.log(JSON.stringify({ dtype, n, name, ms: taken, median, ratio, warmUpMs }))
    return [
      name,
      (median / 1000).toFixed(2),
      `${(min / 1000).toFixed(2)} to ${(max / 1000).toFixed(2)}`,
      gflops.toFixed(0),
      `${ratio.median.toFixed(2)} (${ratio.min.toFixed(2)} to ${ratio.max.toFixed(2)})`,
    ]
  })
  if (values.json) return
  console.log(`\n${dtype} ${n}x${n}x${n}, .npy to .npy`)
  console.log(renderTable(['', 'seconds', 'spread', 'GFLOPS', 'gemmesh is faster by'], rows, [1, 2, 3, 4]))
  const seconds = (list: readonly number[]) => list.map(ms => (ms / 1000).toFixed(2)).join(', ')
  const warming = [...before].map(([name, list]) => `${name} ${seconds(list)}`)
  console.log(`  before the trials, seconds: ${warming.join('; ')}`)
}
