import t, { type Test } from 'tap'
import { GemmeshError } from '../../src/errors.ts'
import { blockPath, processorPath, tilePath } from '../../src/protocol/routes.ts'
import { ColocatedLink } from '../../src/transport/colocated-link.ts'
import { MemoryLink } from '../../src/transport/memory-link.ts'
import { Traffic } from '../../src/transport/traffic.ts'
import { samples } from '../protocol/samples.ts'
import { headerOf, into, MiB, meshNode, tileHeader } from './mesh.ts'

const here = 'http://10.0.0.1:7710'
const elsewhere = 'http://10.0.0.2:7711'
const { request: register } = samples.register
const none = { inBytes: 0, outBytes: 0 }

/** Two nodes, of which the first is in this process. */
function opened(t: Test, failing = {}) {
  const [near, far, traffic] = [meshNode(failing), meshNode(failing), new Traffic()]
  t.teardown(() => Promise.all([near.app.close(), far.app.close()]))
  const remote = new MemoryLink(new Map([[elsewhere, far.app]]), traffic)
  return {
    near,
    far,
    traffic,
    link: new ColocatedLink(new Map([[here, near.app.answers]]), remote, '10.0.0.9'),
  }
}

t.test('a message to a role of this process is no traffic, one to another is', async t => {
  const { near, far, traffic, link } = opened(t)
  t.same(await link.call(here, 'register', register), samples.register.reply)
  t.same(near.asked.get('register'), register)
  t.not(near.asked.get('register'), register, 'they share no object')
  t.same([traffic.snapshot().message, near.traffic.snapshot().message], [none, none])
  t.same(await link.call(elsewhere, 'register', register), samples.register.reply)
  t.same(far.asked.get('register'), register)
  t.ok(traffic.snapshot().message.outBytes > 0)
})

t.test('the errors are those of any link', async t => {
  const refused = new GemmeshError('GEMMESH_NODE_REFUSED', 'zeta is not in the configuration', {
    faults: ['a'],
  })
  const { link } = opened(t, { register: refused, heartbeat: new TypeError('x is undefined') })
  for (const origin of [here, elsewhere]) {
    await t.rejects(link.call(origin, 'register', register), {
      code: 'GEMMESH_NODE_REFUSED',
      message: 'zeta is not in the configuration',
      faults: ['a'],
    })
    await t.rejects(link.call(origin, 'heartbeat', samples.heartbeat.request), {
      code: 'GEMMESH_INTERNAL',
      message: 'x is undefined',
    })
    await t.rejects(link.call(origin, 'register', { ...register, port: 0 }), {
      code: 'GEMMESH_MESSAGE_INVALID',
    })
    const reason = new Error('no longer wanted')
    const signal = AbortSignal.abort(reason)
    await t.rejects(link.call(origin, 'register', register, { signal }), reason)
  }
})

t.test('an abort does not wait for the answer, and the answer waits for the caller', async t => {
  const { link, near } = opened(t)
  const [begun, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<Uint8Array>()]
  near.app.answers.set('/mesh/v1/heartbeat', () => {
    begun.resolve()
    return gate.promise
  })
  const midway = new AbortController()
  const call = link.call(here, 'heartbeat', samples.heartbeat.request, { signal: midway.signal })
  await begun.promise
  const reason = new Error('no longer wanted')
  midway.abort(reason)
  await t.rejects(call, reason)

  const reply = link.call(here, 'register', register)
  t.notOk(near.asked.has('register'), 'it is not called within the call')
  await reply
  t.ok(near.asked.has('register'))
})

t.test('blocks, tiles and processors go as they always do', async t => {
  const { far, link } = opened(t)
  far.block = { header: headerOf(MiB), payload: [new Uint8Array(MiB).fill(7)] }
  far.sink = into(new Uint8Array(MiB))
  const target = new Uint8Array(MiB)
  await link.pull(elsewhere, blockPath('ab', 0, 0), into(target))
  t.equal(target.at(-1), 7)
  await link.push(elsewhere, tilePath('j', 3), tileHeader(MiB), [target])
  t.equal((await far.received[0])?.payloadBytes, MiB)
  t.equal((await link.fetchBytes(elsewhere, processorPath('abcd'), 10)).length, 2)
  await link.close()
})
