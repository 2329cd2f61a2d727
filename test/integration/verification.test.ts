/** Slaves that send wrong tiles: the result is right, who lied is named and gets nothing more, the receipt tells it. */
import { join } from 'node:path'
import { type Test, test } from 'tap'
import type { Cluster as Client } from '../../src/client/index.ts'
import type { Semiring } from '../../src/core/semiring.ts'
import { gemmesh } from '../cli/run-gemmesh.ts'
import { type ClusterSpec, LocalCluster } from './local-cluster.ts'
import { anotherTile, flippedBit, type Lie, notNumbers, startLiar, zeros } from './lying-slave.ts'
import { load, naive, save, smallIntegers, type Values } from './matrices.ts'

const options = { 'unit-edge': 32, 'plan-grace-ms': 60_000, verify: true }

/** Those that are named lie, zeta does not. */
async function startCluster(t: Test, lies: Readonly<Record<string, Lie>>, spec: ClusterSpec = {}) {
  const cluster = await LocalCluster.prepare(t, { performance: [1, 1, 1, 1], options, ...spec })
  await cluster.run(...cluster.names.filter(name => !(name in lies)))
  const liars = await Promise.all(Object.entries(lies).map(([name, lie]) => startLiar(t, cluster, name, lie)))
  return { cluster, liars, client: await cluster.connect(t) }
}

/** By slave. */
const statesOf = async (client: Client) =>
  Object.fromEntries((await client.info()).slaves.map(({ name, state }) => [name, state]))

let files = 0
async function multiply(
  cluster: LocalCluster,
  client: Client,
  a: Values,
  b: Values,
  more: { semiring?: Semiring; verify?: boolean; alpha?: number; added?: Values } = {},
) {
  const file = (values: Values) => save(join(cluster.folder, `${files++}.npy`), values)
  const { added, ...rest } = more
  const add = added && { add: await file(added), beta: 2 }
  return client.multiply(await file(a), await file(b), { ...rest, ...add })
}

async function resultOf(cluster: LocalCluster, job: Awaited<ReturnType<typeof multiply>>) {
  const path = join(cluster.folder, `c${files++}.npy`)
  await job.save(path)
  return (await load(path)).data
}

test('slaves that flip a bit, send zeros, send a NaN', async t => {
  const lies = { gamma: flippedBit, delta: zeros, epsilon: notNumbers }
  const { cluster, client, liars } = await startCluster(t, lies, { together: true })
  const [a, b] = [smallIntegers(1, 'float32', [192, 80]), smallIntegers(2, 'float32', [80, 160])]
  const job = await multiply(cluster, client, a, b)
  const view = await job.done()
  t.same(await resultOf(cluster, job), naive(a, b))
  t.ok(
    liars.every(({ lies }) => lies > 0),
    'they did lie',
  )

  const excluded = { gamma: 'excluded', delta: 'excluded', epsilon: 'excluded', zeta: 'present' }
  t.same(await statesOf(client), excluded)
  t.match((await client.info()).slaves[0]?.reason, /wrong/)

  const receipt = await job.receipt()
  t.match(receipt, { job: job.id, sealed: true, units: view.unitsTotal, method: 'real', vectors: 3 })
  t.same(view.checks, receipt.totals)
  t.equal(receipt.totals.checked, view.unitsTotal, 'every tile that is placed was checked')
  t.equal(receipt.totals.rowsUnchecked, 0)
  t.ok(receipt.totals.worst <= 1)
  t.equal(receipt.totals.wrong, receipt.wrong.length)
  t.same([...new Set(receipt.wrong.map(({ slave }) => slave))].sort(), ['delta', 'epsilon', 'gamma'])
  for (const { message } of receipt.wrong) t.match(message, /is not the product of its operands/)
  for (const { slave, processor, variant, digest, bytes, tile, check } of receipt.tiles) {
    t.equal(slave, 'zeta')
    t.match(processor, /^[0-9a-f]{64}$/)
    t.match(digest, /^[0-9a-f]{32}$/)
    t.ok(variant.length > 0)
    t.equal(bytes, tile.rows * tile.columns * 4)
    t.ok(check !== undefined && check.worst <= 1)
  }
  const wrong = new Set(receipt.wrong.map(({ unit }) => unit))
  for (const { unit, attempt } of receipt.tiles.filter(tile => wrong.has(tile.unit)))
    t.ok(attempt > 1, `unit ${unit} was computed again`)

  const next = await multiply(cluster, client, b, smallIntegers(3, 'float32', [160, 40]))
  t.equal((await next.done()).checks?.wrong, 0, 'nobody who is excluded gets anything')
  t.ok((await next.receipt()).tiles.every(({ slave }) => slave === 'zeta'))
})

test('slaves that send tiles of other units, and of the job before', async t => {
  let isSecond = false
  const stale = anotherTile()
  const { cluster, client, liars } = await startCluster(t, {
    gamma: anotherTile(),
    delta: (tile, header) => {
      const other = stale(tile.slice(), header)
      return isSecond ? other : tile
    },
  })
  const b = smallIntegers(2, 'int32', [64, 128])
  for (const [seed, guilty] of [
    [1, 'gamma'],
    [3, 'delta'],
  ] as const) {
    const a = smallIntegers(seed, 'int32', [256, 64])
    const job = await multiply(cluster, client, a, b)
    await job.done()
    isSecond = true
    t.same(await resultOf(cluster, job), naive(a, b))
    const { method, wrong, totals } = await job.receipt()
    t.match({ method, totals }, { method: 'modular', totals: { worst: 0, rowsUnchecked: 0 } })
    t.same([...new Set(wrong.map(({ slave }) => slave))], [guilty])
  }
  t.ok(liars.every(({ lies }) => lies > 0))
  const present = { gamma: 'excluded', delta: 'excluded', epsilon: 'present', zeta: 'present' }
  t.same(await statesOf(client), present)
})

test('nobody is left who sends right tiles: the job fails with the evidence', async t => {
  const cluster = await LocalCluster.prepare(t, { performance: [1], options })
  await cluster.run('alpha', 'beta')
  await startLiar(t, cluster, 'gamma', zeros)
  const client = await cluster.connect(t)
  const [a, b] = [smallIntegers(1, 'int32', [40, 30]), smallIntegers(2, 'int32', [30, 20])]
  const job = await multiply(cluster, client, a, b)
  await t.rejects(job.done(), { code: 'GEMMESH_VERIFICATION_FAILED', message: /gamma/ })
  await t.rejects(job.receipt(), { code: 'GEMMESH_JOB_FAILED' })
})

test('products that are not checked, and those that have little to check', async t => {
  const { cluster, client } = await LocalCluster.start(t, {
    performance: [1, 2, 4],
    options: { ...options, 'unit-edge': 16 },
  })
  const [a, b] = [smallIntegers(1, 'float32', [100, 70]), smallIntegers(2, 'float32', [70, 90])]

  const unchecked = await multiply(cluster, client, a, b, { verify: false })
  t.equal((await unchecked.done()).verify, false)
  const { method, totals, tiles } = await unchecked.receipt()
  t.equal(method, 'none')
  t.equal(totals.checked, 0)
  t.ok(tiles.length > 0 && tiles.every(tile => tile.check === undefined))

  const added = smallIntegers(3, 'float32', [100, 90])
  const sum = await multiply(cluster, client, a, b, { alpha: -3, added })
  await sum.done()
  t.same(await resultOf(cluster, sum), naive(a, b, { alpha: -3, beta: 2, added }))
  t.match((await sum.receipt()).totals, { wrong: 0, rowsUnchecked: 0 })

  for (const semiring of ['min-plus', 'or-and'] as const) {
    const job = await multiply(cluster, client, a, b, { semiring })
    await job.done()
    t.match(await job.receipt(), { method: 'sampled', totals: { wrong: 0 } }, semiring)
  }

  for (const [m, n, k] of [
    [40, 30, 0],
    [0, 30, 20],
    [40, 0, 20],
    [1, 1, 1],
  ] as const) {
    const [x, y] = [smallIntegers(4, 'float64', [m, k]), smallIntegers(5, 'float64', [k, n])]
    const job = await multiply(cluster, client, x, y)
    await job.done()
    t.match((await job.receipt()).totals, { wrong: 0 }, `${m}x${n} of k ${k}`)
  }
  const [row, column] = [smallIntegers(6, 'int32', [70]), smallIntegers(7, 'int32', [70])]
  const wanted = [...row.data].reduce((sum, value, index) => sum + value * (column.data[index] ?? 0), 0)
  const dot = await multiply(cluster, client, row, column)
  await dot.done()
  t.same(await resultOf(cluster, dot), Int32Array.of(wanted))

  const shown = await gemmesh(['job', sum.id, '--receipt', '--master', cluster.origin])
  t.equal(shown.exit, 0, shown.stderr)
  t.match(shown.stdout, /receipt of job .*\n.*float32 100x90/)
  t.match(shown.stdout, /3 secret vectors/)
  t.match(shown.stdout, /wrong +none/)
  const { records } = await gemmesh(['job', sum.id, '--receipt', '--master', cluster.origin, '--json'])
  t.match(records[0], { type: 'receipt', job: sum.id, method: 'real' })
  t.equal(records.filter(({ type }) => type === 'tile').length, (await sum.receipt()).tiles.length)

  await t.test('a product that is cut along k: every layer is checked', async t => {
    const [a, b] = [smallIntegers(1, 'float64', [20, 9000]), smallIntegers(2, 'float64', [9000, 24])]
    const added = smallIntegers(3, 'float64', [20, 24])
    const job = await multiply(cluster, client, a, b, { added })
    const view = await job.done()
    t.ok((view.plan?.layers ?? 0) > 1, 'it is cut')
    t.same(await resultOf(cluster, job), naive(a, b, { beta: 2, added }))
    const { totals, tiles } = await job.receipt()
    t.match(totals, { wrong: 0, checked: view.unitsTotal })
    t.equal(new Set(tiles.map(({ layer }) => layer)).size, view.plan?.layers)
  })
})
