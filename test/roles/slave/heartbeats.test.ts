import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import type { Heartbeat, RunningUnit } from '../../../src/protocol/messages.ts'
import { Heartbeats } from '../../../src/roles/slave/heartbeats.ts'
import { listen } from '../../../src/transport/listen.ts'
import { serveRoute } from '../../../src/transport/serve.ts'
import { buildServer } from '../../../src/transport/server.ts'
import { Traffic } from '../../../src/transport/traffic.ts'

const logger = pino({ level: 'silent' })
const member = { name: 'gamma', incarnation: 'gamma-1', ip: '127.0.0.4' }

/** A master that answers heartbeats, and lets them be awaited one by one. */
async function openMaster(t: Test, prepare: (app: FastifyInstance) => void = () => {}) {
  const app = buildServer({ name: 'alpha', counters: new Traffic() })
  prepare(app)
  const heard: { readonly message: Heartbeat; readonly ip: string }[] = []
  let next = Promise.withResolvers<void>()
  const replies: boolean[] = []
  serveRoute(app, 'heartbeat', (message, { ip }) => {
    heard.push({ message, ip })
    next.resolve()
    next = Promise.withResolvers()
    return { epoch: 1, registerAgain: replies.shift() ?? false }
  })
  const origin = await listen(app, '127.0.0.1', 0)
  t.teardown(() => app.close())
  const beats = async (count: number) => {
    while (heard.length < count) await next.promise
    return heard
  }
  return { app, origin, replies, beats, heard }
}

function beating(
  t: Test,
  master: string,
  running: () => readonly RunningUnit[] = () => [],
  traffic = new Traffic(),
): Heartbeats {
  const heartbeats = new Heartbeats({ ...member, master, running, traffic, logger })
  t.teardown(() => heartbeats.close())
  return heartbeats
}

t.test('they go on while the main thread is blocked', async t => {
  const beats = new Int32Array(new SharedArrayBuffer(4))
  const master = new Worker(new URL('./master-thread.ts', import.meta.url), { workerData: beats })
  t.teardown(() => master.terminate())
  const [origin]: string[] = await once(master, 'message')
  const heartbeats = beating(t, origin ?? '')
  heartbeats.keep(10).catch(() => {}) // the master may end first
  for (let beat = 0; beat < 4; beat++) t.not(Atomics.wait(beats, 0, beat, 60_000), 'timed-out', `${beat + 1}`)
})

t.test('they come from the slave’s own address, and name what it last said to have at hand', async t => {
  const { origin, beats, heard } = await openMaster(t)
  const ref = { job: 'j', unit: 3, attempt: 1, epoch: 1 }
  let progress = 0
  const heartbeats = beating(t, origin, () => [{ id: ref, progress }])
  heartbeats.keep(5)
  const [first] = await beats(1)
  t.match(first, { ip: '127.0.0.4', message: { name: 'gamma', incarnation: 'gamma-1' } })
  t.strictSame(first?.message.running, [{ id: ref, progress: 0 }])
  progress = 5
  heartbeats.tell()
  const { length } = heard
  await beats(length + 2) // one may have been under way
  t.strictSame(heard.at(-1)?.message.running, [{ id: ref, progress: 5 }])
})

t.test('who is to register again hears of it', async t => {
  const { origin, beats, replies } = await openMaster(t)
  replies.push(false, true, false, true)
  const heartbeats = beating(t, origin)
  await heartbeats.keep(5)
  await beats(2)
  await heartbeats.keep(5)
  t.ok((await beats(4)).length >= 4)
})

t.test('a master that is not there is said to be so', async t => {
  const { app, origin } = await openMaster(t)
  const heartbeats = beating(t, origin)
  const kept = heartbeats.keep(10)
  await app.close()
  await t.rejects(kept, { code: 'GEMMESH_NODE_UNREACHABLE' })
})

t.test('nothing comes after its end, and what waits for news goes on', async t => {
  const { app, origin, beats, heard } = await openMaster(t)
  const heartbeats = beating(t, origin)
  const kept = heartbeats.keep(5)
  await beats(1)
  await heartbeats.close()
  await kept
  const { length } = heard
  heartbeats.tell()
  await heartbeats.keep(5)
  const answered = await app.inject('/none')
  t.equal(answered.statusCode, 404, 'the master is there')
  t.equal(heard.length, length)
})

t.test('answers that arrive damaged are counted by the slave', async t => {
  let damaged = 0
  const { origin } = await openMaster(t, app =>
    app.addHook('onSend', async (_request, reply) => {
      if (damaged < 2) reply.header('gemmesh-checksum', `0000000${damaged++}-00000000`)
    }),
  )
  const traffic = new Traffic()
  const counted = new Promise<void>(resolve => {
    const count = traffic.countDamaged.bind(traffic)
    traffic.countDamaged = times => {
      count(times)
      if (traffic.damaged >= 2) resolve()
    }
  })
  beating(t, origin, undefined, traffic)
    .keep(5)
    .catch(() => {})
  await counted
  t.equal(traffic.damaged, 2)
})
