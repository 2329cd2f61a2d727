/** `gemmesh plan --simulate`: the planned job in the simulator, with the rates that the prediction is made of. */
import type { PlannedJob } from '../../client/index.ts'
import { assumed } from '../../core/predict.ts'
import type { SimulatedSlave } from '../../simulation/cluster.ts'
import type { SimulationReport } from '../../simulation/options.ts'
import { simulate } from '../../simulation/simulate.ts'
import type { Terminal } from '../terminal.ts'
import { formatBytes, formatMs } from '../units.ts'

/** Of chance: how long units take differs by about 5 percent. */
const noise = 0.05
const latencyMs = 0.3
const seeds = [1, 2, 3, 4, 5]

export function simulatePlan(planned: PlannedJob, terminal: Terminal): void {
  const { plan, shape, dtype } = planned
  const slaves = slavesOf(planned)
  if (slaves.length === 0) return
  const [m, n] = shape
  const reports = seeds.map(seed =>
    simulate({
      seed,
      slaves,
      jobs: [{ job: 'job', shape, dtype }],
      masterLink: { gbitPerSecond: gbitPerSecond(planned) },
      unitEdge: Math.max(1, Math.ceil(Math.sqrt((m * n * plan.layers) / Math.max(1, plan.units)))),
      cutsDepth: plan.layers > 1,
    }),
  )
  reports.sort((a, b) => a.makespanMs - b.makespanMs)
  const typical = reports[seeds.length >> 1]
  const worst = reports.at(-1)
  if (typical === undefined || worst === undefined) return
  terminal.record('simulation', { slaves: slaves.length, seeds, typical, worst })
  terminal.print(describe(typical, worst))
}

function slavesOf({ plan, prediction, shape: [m, n, k], dtype }: PlannedJob): SimulatedSlave[] {
  const link = gbitPerSecond({ prediction })
  const computeMs = new Map(prediction.slaves.map(slave => [slave.name, slave.computeMs]))
  return plan.shares
    .filter(({ given }) => given > 0)
    .map(({ slave: name, performance, given }) => {
      const ms = computeMs.get(name) ?? 0
      const flops = 2 * m * n * k * given
      const gflops =
        ms > 0 && flops > 0
          ? flops / ms / 1e6
          : (performance * assumed.gflopsOfOne) / (dtype === 'float64' ? 2 : 1)
      return { name, performance, gflops, latencyMs, gbitPerSecond: link, noise }
    })
}

/** Of the masters' links, as the prediction has them. */
function gbitPerSecond({ prediction }: Pick<PlannedJob, 'prediction'>): number {
  const { fetchBytes, sendBytes, slaves } = prediction
  const ms = Math.max(0, ...slaves.map(({ transferMs }) => transferMs))
  const bytesPerMs = ms > 0 ? (fetchBytes + sendBytes) / ms : assumed.linkBytesPerMs
  return (bytesPerMs * 8) / 1e6
}

function describe(typical: SimulationReport, worst: SimulationReport): string {
  const { makespanMs, idealMs, overIdeal, attempts, units, master } = typical
  return [
    `simulated: ${formatMs(makespanMs)} until the last tile is placed (worst of ${seeds.length}: ${formatMs(worst.makespanMs)}), ` +
      `${overIdeal.toFixed(2)} of computing alone, shared out ideally (${formatMs(idealMs)})`,
    `  ${attempts} attempts at ${units} units; master-assign handles ${master.events} messages and sends ` +
      `${formatBytes(master.sentBytes)}, master-combine takes ${formatBytes(master.receivedBytes)}`,
  ].join('\n')
}
