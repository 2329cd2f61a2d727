/** A thread of peak.ts: runs a function of its module as often as it is told, and answers with the milliseconds. */
import { parentPort, workerData } from 'node:worker_threads'
import type { PeakRun } from './peak.ts'

const { exports } = new WebAssembly.Instance(workerData, {})
parentPort?.on('message', ({ name, turns }: PeakRun) => {
  const run = exports[name]
  if (typeof run !== 'function') throw new Error(`The peak's module has no ${name}`)
  const start = performance.now()
  run(turns)
  parentPort?.postMessage(performance.now() - start)
})
