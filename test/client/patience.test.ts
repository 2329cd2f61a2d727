/** Clients whose masters end and are started again: what waits, goes on. */
import { createServer } from 'node:http'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { connect, type JobRequest, type Waiting } from '../../src/client/index.ts'
import { LocalCluster } from '../integration/local-cluster.ts'
import { load, naive, save, smallIntegers } from '../integration/matrices.ts'

const options = { 'unit-edge': 64, 'heartbeat-ms': 100, 'plan-grace-ms': 0 }
const [a, b] = [smallIntegers(1, 'int32', [200, 100]), smallIntegers(2, 'int32', [100, 150])]
const product = naive(a, b)

async function prepared(t: Test, patienceMs?: number) {
  const cluster = await LocalCluster.prepare(t, { options, performance: [1] })
  await cluster.run('alpha')
  const heard: Waiting[] = []
  const away = Promise.withResolvers<void>()
  const client = await connect(cluster.origin, {
    patienceMs,
    onWaiting(waiting) {
      heard.push(waiting)
      away.resolve()
    },
  })
  t.teardown(() => client.close())
  const files = [join(cluster.folder, 'a.npy'), join(cluster.folder, 'b.npy')] as const
  await Promise.all([save(files[0], a), save(files[1], b)])
  /** Once that of these nodes one is missed. */
  const missed = async (run: () => Promise<unknown>) => {
    const running = run()
    running.catch(() => {})
    await away.promise
    return running
  }
  return { cluster, client, heard, files, missed, away: away.promise }
}

const terse = (heard: readonly Waiting[]) =>
  heard.map(({ node, isBack }) => `${node} ${isBack ? 'is back' : 'is away'}`)

t.test('who follows a job rides out a restart of master-assign', async t => {
  const { cluster, client, heard, files, away } = await prepared(t)
  const job = await client.multiply(...files)
  const done = job.done()
  await cluster.stop('alpha')
  await away
  await cluster.run(...cluster.names)
  t.equal((await done).state, 'done')
  t.strictSame(terse(heard), ['master-assign is away', 'master-assign is back'])
  t.match(heard[0], { origin: cluster.origin, reason: /./ })
})

t.test('uploads and submissions wait for master-assign, and begin one job', async t => {
  const { cluster, client, heard, files, away } = await prepared(t)
  await cluster.stop('alpha')
  const multiplied = client.multiply(...files)
  await away
  await cluster.run('alpha')
  const { id } = await multiplied
  t.strictSame(terse(heard), ['master-assign is away', 'master-assign is back'])
  const request: JobRequest = {
    operation: 'gemm',
    a: (await client.upload(files[0])).id,
    b: (await client.upload(files[1])).id,
  }
  await cluster.stop('alpha')
  const [first, second] = [client.submit(request, 'once'), client.submit(request, 'once')]
  await cluster.run('alpha')
  t.equal((await first).id, (await second).id)
  t.strictSame(
    (await client.jobs()).map(job => job.id),
    [id, (await first).id],
  )
})

t.test('a result is waited for, and goes on where it was cut off', async t => {
  const { cluster, client, heard, files, away } = await prepared(t)
  await cluster.run('beta', 'gamma')
  const job = await client.multiply(...files)
  await job.done()
  await cluster.stop('beta')
  const saved = job.save(join(cluster.folder, 'c.npy'), { stream: true })
  await away
  await cluster.run('beta')
  await saved
  t.strictSame(terse(heard), ['master-combine is away', 'master-combine is back'])
  t.same((await load(join(cluster.folder, 'c.npy'))).data, product)

  // In its way stands somebody who cuts it off again and again.
  const asked: (string | undefined)[] = []
  const { ip, port } = cluster.configuration.combine
  const way = createServer(async (request, response) => {
    if (request.url === '/healthz') return response.end('{}')
    const { range } = request.headers
    asked.push(range)
    const answer = await fetch(`http://${ip}:${port}${request.url}`, { headers: range ? { range } : {} })
    response.writeHead(answer.status, Object.fromEntries(answer.headers))
    const bytes = new Uint8Array(await answer.arrayBuffer())
    if (bytes.length <= 30_000) return response.end(bytes)
    response.write(bytes.subarray(0, 30_000), () => response.destroy())
    return response
  })
  await new Promise<void>(resolve => way.listen(0, '127.0.0.1', resolve))
  t.teardown(() => way.close())
  const address = way.address()
  const origin = address !== null && typeof address === 'object' ? `http://127.0.0.1:${address.port}` : ''
  const other = await connect(origin)
  t.teardown(() => other.close())
  await other.job(job.id).save(join(cluster.folder, 'd.npy'), { stream: true })
  t.same((await load(join(cluster.folder, 'd.npy'))).data, product)
  const bytes = 200 * 150 * 4 + 128
  t.equal(asked.length, Math.ceil(bytes / 30_000), 'each byte is sent once')
  t.equal(asked[0], undefined)
  t.match(asked[1], /^bytes=\d+-$/)
})

t.test('patience has an end', async t => {
  const impatient = await prepared(t, 0)
  const job = await impatient.client.multiply(...impatient.files)
  await impatient.cluster.stop('alpha')
  await t.rejects(job.status(), { code: 'GEMMESH_MASTER_UNREACHABLE', message: /no master answers/ })
  t.strictSame(impatient.heard, [])

  const patient = await prepared(t, 1)
  const waiting = await patient.client.multiply(...patient.files)
  await patient.cluster.stop('alpha')
  await t.rejects(waiting.done(), {
    code: 'GEMMESH_MASTER_UNREACHABLE',
    message: /^master-assign at http.* did not answer for \d+ s .*What it accepted goes on/,
  })
  t.strictSame(terse(patient.heard), ['master-assign is away'])
})

t.test('who stops waiting is not kept', async t => {
  const { cluster, client, files, missed } = await prepared(t)
  const job = await client.multiply(...files)
  await cluster.stop('alpha')
  const stop = new AbortController()
  const signalled = missed(() => job.done({ signal: stop.signal }))
  const closed = missed(() => job.done())
  await Promise.race([signalled.catch(() => {}), new Promise(resolve => setImmediate(resolve))])
  stop.abort(new Error('enough'))
  await t.rejects(signalled, { name: 'AbortError' })
  await client.close()
  await t.rejects(closed, { code: 'GEMMESH_INTERRUPTED' })
})
