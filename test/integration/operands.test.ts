/** Operands by reference: files that stay where they are, and files on servers, whoever reads them. */
import { once } from 'node:events'
import { mkdir, readFile, rename, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { type Test, test } from 'tap'
import type { Cluster as Client, Job } from '../../src/client/index.ts'
import { gemmesh } from '../cli/run-gemmesh.ts'
import { makeNpy, type NpyKind } from '../formats/make-npy.ts'
import { LocalCluster } from './local-cluster.ts'
import { load, naive, save, smallIntegers, type Values } from './matrices.ts'

const [a, b] = [smallIntegers(1, 'float64', [150, 130]), smallIntegers(2, 'float64', [130, 170])]

async function saveAs(path: string, { data, shape, dtype }: Values, kind: Partial<NpyKind>): Promise<string> {
  const [rows = 0, columns = 0] = shape
  await writeFile(path, makeNpy({ dtype, rows, columns, ...kind }, Buffer.from(data.buffer)))
  return path
}

async function checkResult(t: Test, cluster: LocalCluster, job: Job): Promise<void> {
  const path = join(cluster.folder, `${job.id}.npy`)
  await job.save(path)
  t.same((await load(path)).data, naive(a, b))
}

const submit = (
  client: Client,
  a: { path: string } | { url: string },
  b: { path: string } | { url: string },
) => client.submit({ operation: 'gemm', a, b })

test('files in an allowed folder are read where they are, by slaves that see them', async t => {
  const folder = t.testdir({ data: {}, elsewhere: {} })
  const data = join(folder, 'data')
  const { cluster, client } = await LocalCluster.start(t, { options: { 'operand-folders': [data] } })
  const pathA = await saveAs(join(data, 'a.npy'), a, { fortranOrder: true })
  const pathB = await saveAs(join(data, 'b.npy'), b, { bigEndian: true })
  const job = await submit(client, { path: pathA }, { path: pathB })
  const view = await job.done()
  await checkResult(t, cluster, job)
  t.match(view.operands, [
    { name: 'A', way: 'file', fromMaster: 0, fromSlaves: 0, bytes: 150 * 130 * 8 },
    { name: 'B', way: 'file', fromMaster: 0, fromSlaves: 0 },
  ])
  for (const { readDirectly, bytes } of view.operands) t.ok(readDirectly >= bytes)

  // A link leads to what it leads to; what lies elsewhere is refused, by whatever path.
  const outside = await save(join(folder, 'elsewhere', 'a.npy'), a)
  await symlink(pathB, join(data, 'link.npy'))
  await symlink(outside, join(data, 'out.npy'))
  await mkdir(`${data}-not`)
  const beside = await save(join(`${data}-not`, 'a.npy'), a)
  await checkResult(
    t,
    cluster,
    await submit(client, { path: pathA }, { path: join(data, 'link.npy') }).then(done),
  )
  const refusals: [path: string, code: string][] = [
    [outside, 'GEMMESH_OPERAND_REFUSED'],
    [beside, 'GEMMESH_OPERAND_REFUSED'],
    [join(data, 'out.npy'), 'GEMMESH_OPERAND_REFUSED'],
    [join(data, '..', 'elsewhere', 'a.npy'), 'GEMMESH_OPERAND_REFUSED'],
    ['data/a.npy', 'GEMMESH_OPERAND_REFUSED'],
    [join(data, 'missing.npy'), 'GEMMESH_OPERAND_UNREADABLE'],
    [data, 'GEMMESH_OPERAND_REFUSED'],
  ]
  for (const [path, code] of refusals)
    await t.rejects(submit(client, { path }, { path: pathB }), { code }, path)
})

const done = async (job: Job): Promise<Job> => {
  await job.done()
  return job
}

test('slaves that may not read the files get blocks over the mesh', async t => {
  const data = t.testdir({})
  const { cluster, client } = await LocalCluster.start(t, {
    options: { 'operand-folders': [data] },
    slaveOptions: { operandFolders: [] },
  })
  const [pathA, pathB] = [await save(join(data, 'a.npy'), a), await save(join(data, 'b.npy'), b)]
  const job = await submit(client, { path: pathA }, { path: pathB })
  const view = await job.done()
  await checkResult(t, cluster, job)
  for (const { fromMaster, fromSlaves, readDirectly, bytes } of view.operands) {
    t.ok(fromMaster + fromSlaves >= bytes)
    t.equal(readDirectly, 0)
  }
})

test('a file that changes before the job has read it is an error, not another product', async t => {
  const data = t.testdir({})
  const cluster = await LocalCluster.prepare(t, {
    options: { 'operand-folders': [data], 'plan-grace-ms': 0 },
  })
  await cluster.run('alpha', 'beta')
  const client = await cluster.connect(t)
  const [pathA, pathB] = [await save(join(data, 'a.npy'), a), await save(join(data, 'b.npy'), b)]
  const job = await submit(client, { path: pathA }, { path: pathB })
  // Of the same size: only its time tells.
  await save(pathA, smallIntegers(3, 'float64', [150, 130]))
  await cluster.run('gamma', 'delta', 'epsilon')
  await t.rejects(job.done(), { code: 'GEMMESH_OPERAND_CHANGED', message: /a\.npy is not the file any more/ })
  const again = await submit(client, { path: pathA }, { path: pathB })
  t.equal((await again.done()).state, 'done', 'submitted again, it is the new one')
  await save(join(data, 'new.npy'), a)
  await rename(join(data, 'new.npy'), pathA)
  const replaced = await submit(client, { path: pathA }, { path: pathB })
  await checkResult(t, cluster, await done(replaced))
})

interface Served {
  etag: string
  bytes: Buffer
}

/** A server of files with Range, as static file servers are. */
async function serve(t: Test, files: ReadonlyMap<string, Served>) {
  const requests: string[] = []
  const server = createServer((request, response) => {
    const file = files.get(request.url ?? '')
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? []
    requests.push(`${request.url} ${request.headers.range}`)
    if (request.url === '/m/plain.npy') response.end('whole')
    else if (request.url === '/m/moved.npy') response.writeHead(302, { location: '/m/a.npy' }).end()
    else if (file === undefined || from === undefined) response.writeHead(404).end()
    else {
      const end = Math.min(Number(to) + 1, file.bytes.length)
      const range = `bytes ${from}-${end - 1}/${file.bytes.length}`
      response.writeHead(206, { 'content-range': range, ...(file.etag !== '' && { etag: file.etag }) })
      response.end(file.bytes.subarray(Number(from), end))
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a server without a port')
  return { origin: `http://127.0.0.1:${address.port}`, requests }
}

test('files on a server with Range are read by slaves, or else by the master', async t => {
  const folder = t.testdir({})
  const files = new Map<string, Served>([
    [
      '/m/a.npy',
      { etag: '"1"', bytes: await readFile(await saveAs(join(folder, 'a.npy'), a, { fortranOrder: true })) },
    ],
    ['/m/b.npy?signature=x', { etag: '"2"', bytes: await readFile(await save(join(folder, 'b.npy'), b)) }],
    ['/m/unversioned.npy', { etag: '', bytes: await readFile(join(folder, 'b.npy')) }],
    ['/n/b.npy', { etag: '"2"', bytes: await readFile(join(folder, 'b.npy')) }],
  ])
  const { origin, requests } = await serve(t, files)
  for (const slavesMay of [true, false]) {
    const { cluster, client } = await LocalCluster.start(t, {
      options: { 'operand-urls': [`${origin}/m/`] },
      ...(slavesMay ? {} : { slaveOptions: { operandUrls: [] } }),
    })
    const [urlA, urlB] = [{ url: `${origin}/m/a.npy` }, { url: `${origin}/m/b.npy?signature=x` }]
    const job = await submit(client, urlA, urlB)
    const view = await job.done()
    await checkResult(t, cluster, job)
    for (const { way, fromMaster, readDirectly, bytes } of view.operands) {
      t.equal(way, 'url')
      const [used, unused] = slavesMay ? [readDirectly, fromMaster] : [fromMaster, readDirectly]
      t.ok(used >= bytes && used <= 1.15 * bytes, `each block is read about once (${used} of ${bytes})`)
      t.equal(unused, 0)
    }
    if (!slavesMay) continue
    const refusals: [url: string, code: string, message: RegExp][] = [
      [`${origin}/n/b.npy`, 'GEMMESH_OPERAND_REFUSED', /does not begin with/],
      [`${origin}/m/../n/b.npy`, 'GEMMESH_OPERAND_REFUSED', /does not begin with/],
      ['file:///etc/passwd', 'GEMMESH_OPERAND_REFUSED', /does not begin with/],
      [`${origin}/m/plain.npy`, 'GEMMESH_OPERAND_UNREADABLE', /does not serve ranges/],
      [`${origin}/m/moved.npy`, 'GEMMESH_OPERAND_UNREADABLE', /redirects \(302\)/],
      [
        `${origin}/m/missing.npy?secret=1`,
        'GEMMESH_OPERAND_UNREADABLE',
        /missing\.npy cannot be read: .* answered 404/,
      ],
      [`${origin}/m/unversioned.npy`, 'GEMMESH_OPERAND_UNREADABLE', /neither ETag nor Last-Modified/],
    ]
    for (const [url, code, message] of refusals)
      await t.rejects(submit(client, { url }, urlB), { code, message }, url)
    t.notOk(
      requests.some(line => line.startsWith('/n/')),
      'nothing was asked for that is not allowed',
    )
  }
})

test('a file on a server that changes in mid-job is an error', async t => {
  const folder = t.testdir({})
  const file = { etag: '"1"', bytes: await readFile(await save(join(folder, 'a.npy'), a)) }
  const other = { etag: '"2"', bytes: await readFile(await save(join(folder, 'b.npy'), b)) }
  const { origin } = await serve(
    t,
    new Map([
      ['/a.npy', file],
      ['/b.npy', other],
    ]),
  )
  const cluster = await LocalCluster.prepare(t, {
    options: { 'operand-urls': [`${origin}/`], 'plan-grace-ms': 0 },
  })
  await cluster.run('alpha', 'beta')
  const client = await cluster.connect(t)
  const job = await submit(client, { url: `${origin}/a.npy` }, { url: `${origin}/b.npy` })
  file.etag = '"3"'
  await cluster.run('gamma')
  await t.rejects(job.done(), { code: 'GEMMESH_OPERAND_CHANGED' })
})

test('without folders and beginnings in the configuration there are no references', async t => {
  const { cluster, client } = await LocalCluster.start(t, { performance: [1] })
  const path = await save(join(cluster.folder, 'a.npy'), a)
  await t.rejects(submit(client, { path }, { path }), {
    code: 'GEMMESH_OPERAND_REFUSED',
    message: /operand-folders/,
  })
  const url = 'http://127.0.0.1:1/a.npy'
  await t.rejects(submit(client, { url }, { url }), {
    code: 'GEMMESH_OPERAND_REFUSED',
    message: /operand-urls/,
  })
})

test('the client names files that the master sees as they are, and uploads the others', async t => {
  const folder = t.testdir({ data: {}, elsewhere: {} })
  const data = join(folder, 'data')
  const { cluster, client } = await LocalCluster.start(t, {
    performance: [1],
    options: { 'operand-folders': [data] },
  })
  const pathA = await save(join(data, 'a.npy'), a)
  const pathB = await save(join(folder, 'elsewhere', 'b.npy'), b)
  const job = await client.multiply(pathA, pathB)
  t.match((await job.done()).operands, [
    { name: 'A', way: 'file' },
    { name: 'B', way: 'upload' },
  ])
  await checkResult(t, cluster, job)
  const forced = await client.multiply(pathA, pathB, { upload: true })
  t.match((await forced.done()).operands, [{ way: 'upload' }, { way: 'upload' }])

  const output = join(folder, 'c.npy')
  const words = ['multiply', pathA, pathB, '-o', output, '--master', cluster.origin, '--json', '--quiet']
  for (const [more, ways] of [
    [[], ['file', 'upload']],
    [['--upload'], ['upload', 'upload']],
  ] as const) {
    const { exit, stdout, stderr } = await gemmesh([...words, ...more])
    t.equal(exit, 0, stderr)
    const result = stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
      .find(({ type }) => type === 'result')
    t.strictSame(
      result.operands.map(({ way }: { way: string }) => way),
      ways,
    )
    t.same((await load(output)).data, naive(a, b))
  }
})
