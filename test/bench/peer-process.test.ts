import { fileURLToPath } from 'node:url'
import t from 'tap'
import { PeerProcess } from '../../bench/peer-process.ts'
import { systems } from '../../bench/systems.ts'

const start = (script: string) => PeerProcess.start('x', { file: process.execPath, args: ['-e', script] })

t.test('a system multiplies in its process, and is checked there', async t => {
  for (const name of ['pool', 'naive']) {
    const command = systems({})
      .find(system => system.name === name)
      ?.command(1)
    if (typeof command !== 'object') return t.fail(`${name} cannot be started`)
    const peer = await PeerProcess.start(name, command)
    t.ok((await peer.prepare({ dtype: 'float32', m: 33, n: 17, k: 20 })) > 0)
    const ms = await peer.run(3, 2)
    t.equal(ms.length, 3)
    t.ok(ms.every(value => value > 0))
    await peer.close()
  }
})

t.test('a wrong answer ends the benchmark', async t => {
  const serve = fileURLToPath(new URL('../../bench/serve.ts', import.meta.url))
  const peer = await start(
    `import(${JSON.stringify(serve)}).then(({ serve }) => serve({ about: 'x', prepare: () => ({ run() {}, at: () => 1e9 }) }))`,
  )
  t.equal(peer.about, 'x')
  await t.rejects(peer.prepare({ dtype: 'float64', m: 3, n: 3, k: 3 }), {
    code: 'GEMMESH_VERIFICATION_FAILED',
    message: /element \(0, 0\) is 1000000000/,
  })
  await peer.close()
})

t.test('a process that ends says why', async t => {
  await t.rejects(start('throw new Error("no such library")'), {
    message: /The process of x ended: [\s\S]*no such library/,
  })
  await t.rejects(PeerProcess.start('x', { file: '/nowhere/python', args: [] }), { message: /ENOENT/ })
})
