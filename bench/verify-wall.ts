/**
 * `npm run bench:verify`: what checking every tile costs of a job's wall time, on a cluster of five processes of this machine: two
 * masters and three slaves of one thread each. Pairs of the same product, checked and unchecked, take turns in going first;
 * before each trial A and B change. A trial is the submission, and from the first unit handed out to the durable result, as
 * master-assign says it: the client asks for a job's state five times a second only.
 *
 *     node bench/verify-wall.ts [--n 4096] [--pairs 9] [--dtype float32] [--options '{}'] [--most 0.03] [--apart]
 *
 * All share this machine's cores, so that what masters compute is taken from slaves; with --apart (Linux, two cores or more) masters have the first
 * core for themselves and slaves the second one: what is left is what waiting for masters costs.
 * Ends with 1 where the median of the pairs' ratios is above 1 + most.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { dtypes } from '../src/core/matrix.ts'
import { SquareFiles } from './cluster/files.ts'
import { ProcessCluster } from './process-cluster.ts'
import { summary } from './statistics.ts'

const { values } = parseArgs({
  options: {
    n: { type: 'string', default: '4096' },
    pairs: { type: 'string', default: '9' },
    dtype: { type: 'string', default: 'float32' },
    options: { type: 'string', default: '{}' },
    most: { type: 'string', default: '0.03' },
    apart: { type: 'boolean', default: false },
  },
})
const dtype = dtypes.find(name => name === values.dtype) ?? 'float32'
const [n, pairs] = [Number(values.n), Number(values.pairs)] as const

const folder = await mkdtemp(join(tmpdir(), 'gemmesh-bench-'))
const cluster = await ProcessCluster.start({
  folder,
  slaves: ['gamma', 'delta', 'epsilon'].map(name => ({
    ...{ name, performance: 1, threads: 1 },
    ...(values.apart && { place: { cpus: '1' } }),
  })),
  ...(values.apart && { masters: { cpus: '0' } }),
  options: { 'operand-folders': [folder], ...JSON.parse(values.options) },
})
try {
  const client = await cluster.client()
  const product = await SquareFiles.create(folder, dtype, n)
  const trial = async (verify: boolean): Promise<number> => {
    await product.renew()
    const { a, b } = product.files
    const startedMs = performance.now()
    const job = await client.multiply(a, b, { verify })
    const submittedMs = performance.now() - startedMs
    const { checks, unitsTotal, elapsedMs } = await job.done()
    if (checks?.checked !== (verify ? unitsTotal : 0) || checks.wrong > 0)
      throw new Error(`of ${unitsTotal} tiles ${checks?.checked} were checked, ${checks?.wrong} were wrong`)
    return submittedMs + elapsedMs
  }
  // What the cluster learns of itself at first is not what is measured.
  for (const verify of [true, false, true, false, true, false]) await trial(verify)
  const found: { readonly on: number; readonly off: number }[] = []
  for (let pair = 0; pair < pairs; pair++) {
    const first = pair % 2 === 0
    const [one, other] = [await trial(first), await trial(!first)]
    const { on, off } = first ? { on: one, off: other } : { on: other, off: one }
    found.push({ on, off })
    console.error(`${on.toFixed(0)} ms checked, ${off.toFixed(0)} ms not: ${(on / off).toFixed(3)}`)
  }
  const [on, off] = [summary(found.map(pair => pair.on)), summary(found.map(pair => pair.off))]
  const ratio = summary(found.map(pair => pair.on / pair.off))
  console.log(
    `${dtype} ${n}, ${pairs} pairs: checked ${on.median.toFixed(0)} ms (${on.min.toFixed(0)}-${on.max.toFixed(0)}), ` +
      `unchecked ${off.median.toFixed(0)} ms (${off.min.toFixed(0)}-${off.max.toFixed(0)}); ` +
      `ratio of a pair ${ratio.median.toFixed(3)} (${ratio.min.toFixed(3)}-${ratio.max.toFixed(3)}), of the medians ${(on.median / off.median).toFixed(3)}`,
  )
  if (ratio.median > 1 + Number(values.most)) process.exitCode = 1
} finally {
  await cluster.stop()
  await rm(folder, { recursive: true, force: true })
}
