/**
 * `npm run bench:slow-sink`: a result that many readers fetch at once, each far slower than the disk gives it. What is not taken
 * must wait in the file, and not in memory: the resident memory of master-combine may grow by 32 MiB. Linux.
 *
 *     node bench/slow-sink.ts [--n 8192] [--readers 16] [--rate 4] [--seconds 15] [--folder DIR]      (rate: MiB a second, each)
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { get, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { writeRandomMatrix } from '../src/cli/demo/random-matrix.ts'
import { peakBytes, residentBytes } from './cluster/proc.ts'
import { ProcessCluster } from './process-cluster.ts'

const MiB = 2 ** 20
const grownLimitBytes = 32 * MiB
const { values } = parseArgs({
  options: {
    n: { type: 'string', default: '8192' },
    readers: { type: 'string', default: '16' },
    rate: { type: 'string', default: '4' },
    seconds: { type: 'string', default: '15' },
    folder: { type: 'string', default: tmpdir() },
  },
})
const [n, readers, rate, seconds] = [values.n, values.readers, values.rate, values.seconds].map(Number)
if (n === undefined || readers === undefined || rate === undefined || seconds === undefined) process.exit(2)

const folder = await mkdtemp(join(values.folder, 'gemmesh-slow-sink-'))
try {
  const [a, b] = [join(folder, 'a.npy'), join(folder, 'b.npy')]
  await writeRandomMatrix(a, 'float32', n, 16, 1)
  await writeRandomMatrix(b, 'float32', 16, n, 2)
  const cluster = await ProcessCluster.start({
    folder,
    slaves: [{ name: 'gamma', performance: 1, threads: 1 }],
    options: { 'operand-folders': [folder] },
  })
  try {
    const client = await cluster.client()
    const job = await client.submit({ operation: 'gemm', a: { path: a }, b: { path: b } })
    await job.done()
    await measure(cluster, `${cluster.origin}/v1/jobs/${job.id}/result`)
  } finally {
    await cluster.stop()
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}

async function measure(cluster: ProcessCluster, url: string): Promise<void> {
  const masters = ['alpha', 'beta'].map(name => ({ name, pid: cluster.pids().get(name) ?? 0 }))
  // One that is fast first: buffers and code that every fetch needs are there.
  const warm = await fetchFrom(url)
  for await (const _ of warm) {
    // all of it
  }
  const before = await Promise.all(masters.map(({ pid }) => residentBytes(pid)))
  const taken: number[] = []
  const until = performance.now() + (seconds ?? 0) * 1000
  const reading = Array.from({ length: readers ?? 0 }, async () => taken.push(await readSlowly(url, until)))
  const most = [...before]
  let isReading = true
  const watching = (async () => {
    while (isReading) {
      for (const [index, { pid }] of masters.entries())
        most[index] = Math.max(most[index] ?? 0, await residentBytes(pid))
      await delay(100)
    }
  })()
  await Promise.all(reading)
  isReading = false
  await watching
  const total = taken.reduce((sum, bytes) => sum + bytes, 0)
  console.log(
    `${readers} readers took ${(total / MiB).toFixed(0)} MiB of a result of ${((4 * (n ?? 0) ** 2) / MiB).toFixed(0)} MiB each, ` +
      `${rate} MiB/s each, in ${seconds} s`,
  )
  for (const [index, { name, pid }] of masters.entries()) {
    const [from, to] = [before[index] ?? 0, most[index] ?? 0]
    const isOver = to - from > grownLimitBytes
    if (isOver) process.exitCode = 1
    const inMiB = (bytes: number) => (bytes / MiB).toFixed(0)
    console.log(
      `${name}: ${inMiB(from)} MiB before, ${inMiB(to)} at most meanwhile (peak since its start ${inMiB(await peakBytes(pid))})${isOver ? ': MORE than 32 MiB' : ''}`,
    )
  }
}

/** master-assign says where on master-combine it is. */
async function fetchFrom(url: string): Promise<IncomingMessage> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, resolve).on('error', reject)
  })
  const { statusCode = 0, headers } = response
  if (statusCode === 200) return response
  response.resume()
  if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined)
    return fetchFrom(new URL(headers.location, url).href)
  throw new Error(`${url} answers ${statusCode}`)
}

/** Takes `rate` MiB a second until the time is over; how much that was. */
async function readSlowly(url: string, until: number): Promise<number> {
  const response = await fetchFrom(url)
  const startedMs = performance.now()
  let bytes = 0
  for await (const chunk of response) {
    bytes += chunk.length
    const dueMs = startedMs + (bytes / MiB / (rate ?? 1)) * 1000
    if (performance.now() > until) break
    await delay(Math.max(0, dueMs - performance.now()))
  }
  response.destroy()
  return bytes
}
