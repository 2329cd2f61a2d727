import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer, connect as dial, type Socket } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { MasterHttp } from '../../src/client/http.ts'
import { connect } from '../../src/client/index.ts'
import { uploadNpy } from '../../src/client/upload.ts'
import { LocalCluster } from '../integration/local-cluster.ts'
import { save, uniform } from '../integration/matrices.ts'

/** A way to `origin` whose connections are cut after so many bytes each, the last figure for all that follow. */
async function cutting(t: Test, origin: string, bytesUntilCut: readonly number[]) {
  const { hostname, port } = new URL(origin)
  const state = { connections: 0, passedBytes: 0 }
  const sockets = new Set<Socket>()
  const server = createServer(near => {
    let left = bytesUntilCut[Math.min(state.connections++, bytesUntilCut.length - 1)] ?? 0
    const far = dial(Number(port), hostname)
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => other.destroy())
    }
    far.pipe(near)
    near.on('data', (chunk: Buffer) => {
      const passed = chunk.subarray(0, left)
      left -= passed.length
      state.passedBytes += passed.length
      far.write(passed)
      // What was written before arrives; the rest never does.
      if (left === 0) far.end(() => near.resetAndDestroy())
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  return {
    state,
    origin: address !== null && typeof address === 'object' ? `http://127.0.0.1:${address.port}` : '',
  }
}

t.test('an upload goes on after each cut, and sends little twice', async t => {
  const cluster = await LocalCluster.prepare(t)
  await cluster.run('alpha')
  const { ip, port } = cluster.configuration.assign
  const path = await save(join(t.testdir({}), 'a.npy'), uniform(1, 'float64', [1000, 700]))
  const file = readFileSync(path)
  const way = await cutting(t, `http://${ip}:${port}`, [
    1_500_000,
    2_000_000,
    600_000,
    Number.POSITIVE_INFINITY,
  ])
  const http = new MasterHttp(way.origin)
  t.teardown(() => http.close())
  const heard: number[] = []
  const stored = await uploadNpy(http, path, {
    oneGoBytes: 1000,
    firstDelayMs: 1,
    onProgress: sentBytes => heard.push(sentBytes),
  })
  t.equal(stored.id, createHash('sha256').update(file).digest('hex'))
  t.ok(way.state.connections >= 4, `${way.state.connections} connections`)
  t.ok(way.state.passedBytes < 1.5 * file.length, `${way.state.passedBytes} bytes for ${file.length}`)
  t.equal(heard.at(-1), file.length)
})

t.test('a master that starts anew in mid-upload goes on with it', async t => {
  const cluster = await LocalCluster.prepare(t)
  await cluster.run('alpha')
  const { ip, port } = cluster.configuration.assign
  const path = await save(join(t.testdir({}), 'a.npy'), uniform(2, 'float32', [900, 800]))
  const file = readFileSync(path)
  const origin = `http://${ip}:${port}`
  const begun = await fetch(`${origin}/v1/matrices`, {
    method: 'PUT',
    body: file.subarray(0, 1_000_000),
    headers: { 'upload-complete': '?0', 'content-type': 'application/octet-stream' },
  })
  t.equal(begun.status, 201)
  t.equal(begun.headers.get('upload-offset'), '1000000')
  const place = `${origin}${begun.headers.get('location')}`
  await cluster.stop('alpha')
  await cluster.run('alpha')
  const head = await fetch(place, { method: 'HEAD' })
  t.match(
    [
      head.status,
      ...['upload-offset', 'upload-complete', 'cache-control'].map(name => head.headers.get(name)),
    ],
    [204, '1000000', '?0', 'no-store'],
  )
  const part = (offset: number, type = 'application/partial-upload') =>
    fetch(place, {
      method: 'PATCH',
      body: file.subarray(offset),
      headers: { 'upload-complete': '?1', 'upload-offset': String(offset), 'content-type': type },
    })
  t.match(await (await part(0)).json(), { status: 409, code: 'GEMMESH_UPLOAD_OFFSET' })
  t.match(await (await part(1_000_000, 'text/plain')).json(), { code: 'GEMMESH_USAGE' })
  const ended = await part(1_000_000)
  t.equal(ended.status, 201)
  t.match(await ended.json(), { id: createHash('sha256').update(file).digest('hex'), bytes: file.length })
  t.equal((await fetch(place, { method: 'HEAD' })).status, 404)
  t.equal((await fetch(place, { method: 'DELETE' })).status, 204)
})

t.test('who is refused is told so at once, and nothing is tried again', async t => {
  const cluster = await LocalCluster.prepare(t, { options: { 'upload-limit': 100_000 } })
  await cluster.run('alpha')
  const { ip, port } = cluster.configuration.assign
  const client = await connect(`http://${ip}:${port}`)
  t.teardown(() => client.close())
  const path = await save(join(t.testdir({}), 'a.npy'), uniform(3, 'float64', [1200, 1200]))
  await t.rejects(client.upload(path), { code: 'GEMMESH_UPLOAD_TOO_LARGE', message: /1200x1200/ })
})
