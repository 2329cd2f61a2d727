/** How nodes deal with each other: what goes where, who may join, what happens when somebody is missing. */
import { appendFile, cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { test } from 'tap'
import { health } from '../../src/client/index.ts'
import { origin } from '../../src/config.ts'
import { LocalCluster } from './local-cluster.ts'
import { load, naive, save, smallIntegers } from './matrices.ts'

test('who got which part, and what passed where', async t => {
  const { cluster, client } = await LocalCluster.start(t, { options: { 'unit-edge': 64 } })
  const [a, b] = [smallIntegers(1, 'float32', [448, 300]), smallIntegers(2, 'float32', [300, 320])]
  const [pathA, pathB] = [join(cluster.folder, 'a.npy'), join(cluster.folder, 'b.npy')]
  const job = await client.multiply(await save(pathA, a), await save(pathB, b))
  const view = await job.done()

  const largestUnit = (64 * 1.5) ** 2 / (448 * 320)
  for (const [index, wanted] of [1 / 7, 2 / 7, 4 / 7].entries()) {
    const share = view.plan?.shares[index]
    t.ok(Math.abs((share?.given ?? 0) - wanted) <= largestUnit, `${share?.slave} gets ${share?.given} of C`)
    const area = share?.rectangles.reduce((sum, { rows, columns }) => sum + rows * columns, 0)
    t.equal(area, Math.round((share?.given ?? 0) * 448 * 320), 'the plan names the part')
  }
  t.equal(
    view.slaves.reduce((sum, { elementsPlaced }) => sum + elementsPlaced, 0),
    448 * 320,
  )

  await job.save(join(cluster.folder, 'c.npy'), { stream: true })
  const assign = (await health(cluster.origin)).traffic
  const combine = (await health(origin(cluster.configuration.combine))).traffic
  const resultBytes = 448 * 320 * 4
  t.same(assign.tile, { inBytes: 0, outBytes: 0 }, 'no tile byte passes through assign')
  t.same(assign.result, { inBytes: 0, outBytes: 0 }, 'nor on the way to the user')
  // A second attempt near the end may send its tile, too.
  t.ok(Number(combine.tile?.inBytes) >= resultBytes, 'every tile goes to combine')
  t.equal(combine.tile?.outBytes, 0)
  t.equal(combine.result?.outBytes, view.resultBytes)
  t.equal(combine.block?.outBytes, 0)
  t.ok(Number(assign.block?.outBytes) > 0, 'blocks come from assign')

  await job.save(join(cluster.folder, 'copy.npy'))
  t.same(
    (await load(join(cluster.folder, 'copy.npy'))).data,
    (await load(join(cluster.folder, 'c.npy'))).data,
  )
  const after = (await health(origin(cluster.configuration.combine))).traffic
  t.equal(after.result?.outBytes, view.resultBytes, 'on the same machine the result is copied, not sent')
})

test('the processor comes from the master, and a rebuilt one takes its place', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'gemmesh-processors-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  await cp(new URL('../../processors/', import.meta.url), folder, { recursive: true })
  const { cluster, client } = await LocalCluster.start(t, {
    performance: [1],
    processorFolder: pathToFileURL(`${folder}/`),
  })
  const [a, b] = [smallIntegers(1, 'float64', [40, 30]), smallIntegers(2, 'float64', [30, 20])]
  const [pathA, pathB] = [
    await save(join(cluster.folder, 'a.npy'), a),
    await save(join(cluster.folder, 'b.npy'), b),
  ]
  const run = async () => {
    const job = await client.multiply(pathA, pathB)
    const view = await job.done()
    await job.save(join(cluster.folder, 'c.npy'))
    t.same((await load(join(cluster.folder, 'c.npy'))).data, naive(a, b))
    const served = new Map((await client.info()).processors.map(({ variant, sha256 }) => [variant, sha256]))
    const [slave] = view.slaves
    return { ran: slave?.processor, served: served.get(slave?.variant ?? '') }
  }
  const first = await run()
  t.match(first.ran, /^[0-9a-f]{64}$/)
  t.equal(first.ran, first.served)

  // A build that differs in a custom section (id 0, 6 bytes: a name of 5) computes the same and is another module.
  const mark = Buffer.from([0, 6, 5, ...Buffer.from('again')])
  for (const variant of ['wide', 'fma', 'baseline']) await appendFile(join(folder, `${variant}.wasm`), mark)
  const second = await run()
  t.equal(second.ran, second.served)
  t.not(second.ran, first.ran, 'the slave was not restarted, and runs the new one')
})

test('a job waits for slaves, and for master-combine', async t => {
  const cluster = await LocalCluster.prepare(t, {
    options: { 'heartbeat-ms': 100, 'lease-ms': 1000, 'plan-grace-ms': 0 },
  })
  await cluster.run('alpha')
  const client = await cluster.connect(t)
  const [a, b] = [smallIntegers(1, 'int32', [100, 50]), smallIntegers(2, 'int32', [50, 90])]
  const job = await client.multiply(
    await save(join(cluster.folder, 'a.npy'), a),
    await save(join(cluster.folder, 'b.npy'), b),
  )
  const waiting = await job.status()
  t.equal(waiting.state, 'waiting')
  t.match(waiting.reason, /a slave to register: gamma, delta, epsilon/)
  await t.rejects(job.save(join(cluster.folder, 'c.npy')), { code: 'GEMMESH_JOB_UNFINISHED' })
  await cluster.run('beta', 'delta')
  await job.done()
  await job.save(join(cluster.folder, 'c.npy'))
  t.same((await load(join(cluster.folder, 'c.npy'))).data, naive(a, b))
})

test('a slave that leaves in the middle of a job', async t => {
  const { cluster, client } = await LocalCluster.start(t, {
    performance: [1, 1],
    options: { 'unit-edge': 32, 'heartbeat-ms': 100, 'lease-ms': 1000 },
  })
  const [a, b] = [smallIntegers(1, 'float32', [900, 400]), smallIntegers(2, 'float32', [400, 800])]
  const job = await client.multiply(
    await save(join(cluster.folder, 'a.npy'), a),
    await save(join(cluster.folder, 'b.npy'), b),
  )
  for await (const { unitsPlaced } of job.progress()) {
    if (unitsPlaced > 0) break
  }
  await cluster.stop('gamma')
  const view = await job.done()
  t.equal(view.unitsPlaced, view.unitsTotal)
  await job.save(join(cluster.folder, 'c.npy'))
  t.same((await load(join(cluster.folder, 'c.npy'))).data, naive(a, b))
})

test('only slaves of the configuration, from their own addresses, may register', async t => {
  const { cluster } = await LocalCluster.start(t, { performance: [1] })
  const [slave] = cluster.configuration.slaves
  t.ok(slave)
  if (slave === undefined) return
  const stranger = await LocalCluster.prepare(t, { performance: [1] })
  // The stranger's file names the right master, and a slave that the master's file has elsewhere.
  const file = { ...stranger.configuration, assign: cluster.configuration.assign }
  const { startNode } = await import('../../src/roles/node.ts')
  const { identify } = await import('../../src/config.ts')
  const { pino } = await import('pino')
  const node = await startNode({
    cluster: file,
    self: identify(file, { name: 'gamma', hostname: 'nowhere', addresses: [] }),
    dataFolder: join(stranger.folder, 'gamma'),
    logger: pino({ level: 'silent' }),
  })
  await t.rejects(node.closed, {
    code: 'GEMMESH_NODE_REFUSED',
    message: /the configuration of master-assign has it at/,
  })
})

test('asking twice begins once, cancelling frees, refusals are problems with codes', async t => {
  const { cluster, client } = await LocalCluster.start(t, { performance: [1] })
  const a = await client.upload(
    await save(join(cluster.folder, 'a.npy'), smallIntegers(1, 'float32', [600, 600])),
  )
  const odd = await client.upload(
    await save(join(cluster.folder, 'odd.npy'), smallIntegers(1, 'float32', [7, 5])),
  )
  const other = await client.upload(
    await save(join(cluster.folder, 'i.npy'), smallIntegers(1, 'int32', [600, 600])),
  )

  const request = { operation: 'gemm', a: a.id, b: a.id } as const
  const [first, again] = [await client.submit(request, 'once'), await client.submit(request, 'once')]
  t.equal(first.id, again.id)
  await first.done()

  const cancelled = await client.submit(request)
  await cancelled.cancel()
  t.equal((await cancelled.status()).state, 'cancelled')
  await t.rejects(cancelled.done(), { message: /cancelled/ })
  const after = await client.submit(request)
  t.equal((await after.done()).state, 'done', 'the slave is free for the next')

  const refusals: [run: () => Promise<unknown>, code: string][] = [
    [() => client.submit({ ...request, b: odd.id }), 'GEMMESH_SHAPE_MISMATCH'],
    [() => client.submit({ ...request, b: other.id }), 'GEMMESH_DTYPE_MISMATCH'],
    [() => client.submit({ ...request, b: 'f'.repeat(64) }), 'GEMMESH_MATRIX_UNKNOWN'],
    [() => client.submit({ ...request, b: 'nonsense' }), 'GEMMESH_USAGE'],
    [() => client.job('nobody').status(), 'GEMMESH_JOB_UNKNOWN'],
    [() => cancelled.save(join(cluster.folder, 'none.npy')), 'GEMMESH_JOB_CANCELLED'],
    [
      () => client.upload(new URL('../fixtures/bad-truncated.npy', import.meta.url).pathname),
      'GEMMESH_NPY_INVALID',
    ],
    [
      () => client.upload(new URL('../fixtures/bad-object.npy', import.meta.url).pathname),
      'GEMMESH_DTYPE_UNSUPPORTED',
    ],
    [() => client.upload(join(cluster.folder, 'missing.npy')), 'GEMMESH_FILE_UNREADABLE'],
  ]
  for (const [run, code] of refusals) await t.rejects(run(), { code }, code)

  const response = await fetch(`${cluster.origin}/v1/jobs/${after.id}/result`, {
    headers: { range: 'bytes=0-5' },
  })
  t.equal(response.status, 206, 'a result can be read in parts')
  t.same([...new Uint8Array(await response.arrayBuffer())], [0x93, ...Buffer.from('NUMPY')])
})
