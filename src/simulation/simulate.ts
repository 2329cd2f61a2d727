/**
 * What a cluster would do: the scheduler itself, told by modelled slaves over a modelled network, on a clock that jumps.
 * Pure: the same options give the same report, to the last event.
 */
import { GemmeshError } from '../errors.ts'
import { idealMs } from './cluster.ts'
import type { SimulatedJobReport, SimulationOptions, SimulationReport } from './options.ts'
import { Simulation } from './simulation.ts'

/** GEMMESH_INTERNAL, with the seed, where the scheduler contradicts itself. */
export function simulate(options: SimulationOptions): SimulationReport {
  const simulation = new Simulation(options)
  try {
    simulation.run()
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new GemmeshError(
      'GEMMESH_INTERNAL',
      `the simulation with the seed ${options.seed} failed: ${reason}`,
    )
  }
  return reportOf(simulation, options)
}

function reportOf(simulation: Simulation, options: SimulationOptions): SimulationReport {
  const { seed, slaves, stopwatch } = options
  let flops = 0
  let units = 0
  let lastPlacedAt = 0
  const jobs: SimulatedJobReport[] = []
  for (const record of simulation.jobs.values()) {
    const { facts, state, message } = record
    const [m, n, k] = facts.shape
    units += record.units
    lastPlacedAt = Math.max(lastPlacedAt, record.lastPlacedAt)
    if (state === 'done') flops += 2 * m * n * k
    jobs.push({
      job: facts.job,
      state,
      units: record.units,
      ...(state === 'done' && { makespanMs: record.lastPlacedAt - (facts.submittedAtMs ?? 0) }),
      ...(message !== undefined && { message }),
    })
  }
  const firstMs = Math.min(...options.jobs.map(({ submittedAtMs = 0 }) => submittedAtMs))
  const ideal = idealMs(slaves, firstMs, flops)
  const makespanMs = lastPlacedAt - firstMs
  return {
    seed,
    jobs,
    makespanMs,
    idealMs: ideal,
    overIdeal: makespanMs / ideal,
    units,
    attempts: simulation.attempts,
    master: {
      events: simulation.events,
      ...(stopwatch !== undefined && { busyMs: simulation.busyMs }),
      sentBytes: simulation.toSlaves.bytes,
      receivedBytes: simulation.toCombine.bytes,
    },
    trace: simulation.trace.hash,
  }
}
