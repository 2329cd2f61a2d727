/** A thread that is a master: it counts heartbeats in shared memory, and wakes who waits there. */
import { parentPort, workerData } from 'node:worker_threads'
import { listen } from '../../../src/transport/listen.ts'
import { serveRoute } from '../../../src/transport/serve.ts'
import { buildServer } from '../../../src/transport/server.ts'
import { Traffic } from '../../../src/transport/traffic.ts'

const beats: Int32Array<SharedArrayBuffer> = workerData
const app = buildServer({ name: 'alpha', counters: new Traffic() })
serveRoute(app, 'heartbeat', () => {
  Atomics.add(beats, 0, 1)
  Atomics.notify(beats, 0)
  return { epoch: 1, registerAgain: false }
})
parentPort?.postMessage(await listen(app, '127.0.0.1', 0))
