/** Matrix files of every kind through the client and a cluster: the values that NumPy has. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { fixture } from '../cli/run-gemmesh.ts'
import { LocalCluster } from './local-cluster.ts'
import { errorRatio, load } from './matrices.ts'

test('files of every kind on a cluster', async t => {
  const { cluster, client } = await LocalCluster.start(t)
  const output = (name: string) => join(cluster.folder, name)
  const multiply = async (a: string, b: string, name = 'c.npy') => {
    const job = await client.multiply(a, b)
    await job.done()
    await job.save(output(name))
  }

  await t.test("column-major, big-endian, an archive's member", async t => {
    const products = [
      [fixture('a-f64-fortran.npy'), fixture('b-f64.npy'), 'c-f64.npy', 'float64'],
      [fixture('one-compressed.npz'), `${fixture('two.npz')}:b`, 'c-f64.npy', 'float64'],
      [`${fixture('two.npz')}:a`, fixture('b-f32-bigendian.npy'), 'c-f32.npy', 'float32'],
    ] as const
    for (const [a, b, c, dtype] of products) {
      await multiply(a, b)
      const [found, wanted] = [await load(output('c.npy')), await load(fixture(c))]
      t.strictSame(found.shape, wanted.shape)
      t.ok(errorRatio(found.data, wanted.data, 53, dtype) <= 1, `${a} ${b}`)
    }
  })

  await t.test('text in, text out', async t => {
    const market = output('a.mtx')
    writeFileSync(market, '%%MatrixMarket matrix coordinate real symmetric\n2 2 2\n2 1 3\n2 2 0.5\n')
    const csv = output('b.csv')
    writeFileSync(csv, 'x,y\n1,2\n3,4\n')
    await multiply(market, csv, 'c.csv')
    t.equal(readFileSync(output('c.csv'), 'utf8'), '9,12\n4.5,8\n')
    await multiply(market, csv, 'c.mtx')
    t.equal(
      readFileSync(output('c.mtx'), 'utf8'),
      '%%MatrixMarket matrix array real general\n2 2\n9\n4.5\n12\n8\n',
    )
    await t.rejects(client.upload(`${fixture('two.npz')}:c`), {
      code: 'GEMMESH_FORMAT_INVALID',
      message: /it has: a, b/,
    })
  })

  await t.test('over HTTP by itself', async t => {
    const put = (body: string, type: string, query = '') =>
      fetch(`${cluster.origin}/v1/matrices${query}`, {
        method: 'PUT',
        body,
        headers: { 'content-type': type },
      })
    t.match(await (await put('1;2\n3;4\n', 'text/csv', '?dtype=float32')).json(), {
      dtype: 'float32',
      shape: [2, 2],
    })
    t.match(await (await put('1,2\n3\n', 'application/octet-stream')).json(), {
      status: 422,
      code: 'GEMMESH_FORMAT_INVALID',
      detail: /the uploaded file, line 2: it has 1 field, but/,
    })
    t.match(await (await put('1\n', 'text/csv', '?nonsense=1')).json(), { code: 'GEMMESH_USAGE' })
  })
})
