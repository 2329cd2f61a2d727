/** Regions of results: as soon as their tiles are placed, while the job runs, and after it. */
import { join } from 'node:path'
import { test } from 'tap'
import { parseNpyHeader } from '../../src/formats/npy.ts'
import { LocalCluster } from './local-cluster.ts'
import { naive, save, smallIntegers } from './matrices.ts'

const [m, k, n] = [300, 100, 260]
const [a, b] = [smallIntegers(1, 'int32', [m, k]), smallIntegers(2, 'int32', [k, n])]
const wanted = naive(a, b)

/** The elements of the region's .npy file, or the problem that came in its place. */
async function regionOf(origin: string, job: string, query: string) {
  const answer = await fetch(`${origin}/v1/jobs/${job}/result?${query}`)
  const bytes = new Uint8Array(await answer.arrayBuffer())
  if (answer.status !== 200) return { problem: JSON.parse(Buffer.from(bytes).toString()) }
  const header = parseNpyHeader(bytes, bytes.length, 'the region')
  return { shape: header.shape, data: new Int32Array(bytes.slice(header.dataOffset).buffer) }
}

function cut(row: number, rowEnd: number, column: number, columnEnd: number): Int32Array {
  const rows = Array.from({ length: rowEnd - row }, (_, index) =>
    wanted.subarray((row + index) * n + column, (row + index) * n + columnEnd),
  )
  return Int32Array.from(rows.flatMap(one => [...one]))
}

test('a region can be read as soon as it is placed, and when the job is done', async t => {
  const cluster = await LocalCluster.prepare(t, {
    performance: [1, 1],
    options: { 'plan-grace-ms': 0, 'unit-edge': 64 },
  })
  await cluster.run('alpha', 'beta')
  const client = await cluster.connect(t)
  const [pathA, pathB] = [join(cluster.folder, 'a.npy'), join(cluster.folder, 'b.npy')]
  const job = await client.multiply(await save(pathA, a), await save(pathB, b))
  const waiting = await regionOf(cluster.origin, job.id, 'rows=0:1')
  t.match(waiting.problem, { code: 'GEMMESH_JOB_UNFINISHED' }, 'nothing of it is planned yet')
  await cluster.run('gamma', 'delta')
  // Whatever is read meanwhile is right, or said to be missing.
  const parts = [0, 1, 2, 3].flatMap(i =>
    [0, 1, 2].map(j => [i * 75, (i + 1) * 75, j * 80, (j + 1) * 80] as const),
  )
  for await (const { state } of job.progress()) {
    for (const [row, rowEnd, column, columnEnd] of parts) {
      const query = `rows=${row}:${rowEnd}&columns=${column}:${columnEnd}`
      const { problem, data, shape } = await regionOf(cluster.origin, job.id, query)
      if (problem === undefined) {
        t.same(shape, [75, 80])
        t.same(data, cut(row, rowEnd, column, columnEnd), `${query} while the job is ${state}`)
      } else {
        t.equal(problem.code, 'GEMMESH_JOB_UNFINISHED')
        t.not(state, 'done')
      }
    }
  }
  t.same((await regionOf(cluster.origin, job.id, 'rows=7:9')).data, cut(7, 9, 0, n))
  t.same((await regionOf(cluster.origin, job.id, 'columns=255:260')).data, cut(0, m, 255, 260))
  for (const query of ['rows=0:301', 'rows=5:5', 'columns=9:3', 'rows=a:b', 'rows=-1:3'])
    t.match((await regionOf(cluster.origin, job.id, query)).problem, { code: 'GEMMESH_USAGE' }, query)
  t.match((await regionOf(cluster.origin, 'nobody', 'rows=0:1')).problem, { code: 'GEMMESH_JOB_UNKNOWN' })
})
