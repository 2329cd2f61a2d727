/** What has to hold after every event, whatever came. For tests and the simulator: it looks at every unit. */
import { GemmeshError } from '../../errors.ts'
import { isMember } from '../membership.ts'
import { unitAt } from '../plan/units.ts'
import type { Ledger } from './ledger.ts'
import type { JobRecord, State } from './state.ts'

/** One, and a second one when the first is late. */
const attemptsAtOnce = 2

/** GEMMESH_INTERNAL that names the first thing that does not hold. */
export function assertInvariants(state: State): void {
  const { options, slaves, idle, asking, refusing, silentSlaves, jobs, waiting, running: inTurn } = state
  const { sealing, ended, leases } = state
  const present = [...slaves.values()].filter(slave => slave.state === 'present')
  hold(
    present.length === state.presentCount,
    `${present.length} slaves are present, not ${state.presentCount}`,
  )
  const excluded = [...slaves.values()].filter(slave => slave.state === 'excluded').length
  hold(excluded === state.excludedCount, `${excluded} slaves are excluded, not ${state.excludedCount}`)
  let atHand = 0
  for (const slave of slaves.values()) {
    const { name } = slave
    const isPresent = slave.state === 'present'
    hold(slave.atHand.length <= options.unitsAtHand, `slave ${name} holds ${slave.atHand.length} units`)
    hold(
      isMember(slave.state) || slave.atHand.length === 0,
      `slave ${name} is ${slave.state} and holds units`,
    )
    hold(
      isMember(slave.state) === silentSlaves.has(slave),
      `slave ${name} is ${slave.state}: is it listened for?`,
    )
    hold(isPresent || !refusing.has(slave), `slave ${name} is ${slave.state}: does it refuse?`)
    hold(isMember(slave.state) || !slave.isSuspected, `slave ${name} is ${slave.state}: is it suspected?`)
    hold(
      (slave.state === 'excluded') === slave.wrongUnits.size > 0,
      `slave ${name} is ${slave.state}, and was wrong ${slave.wrongUnits.size} times`,
    )
    hold(
      idle.has(slave) === (isPresent && slave.atHand.length < options.unitsAtHand),
      `slave ${name} holds ${slave.atHand.length} units: is it idle?`,
    )
    for (const attempt of slave.atHand) {
      const out = jobs.get(attempt.ref.job)?.ledger?.attemptsOut(attempt.ref.unit)
      hold(
        out?.includes(attempt) === true && !attempt.computed,
        `slave ${name} holds unit ${attempt.ref.unit}, which is not out`,
      )
    }
    atHand += slave.atHand.length
  }
  hold(asking.size === 0, `${asking.size} slaves were not asked`)
  let running = 0
  for (const job of jobs.values()) {
    hold(inTurn.has(job) === (job.state === 'running'), `job ${job.job} is ${job.state}: does it run?`)
    hold(waiting.has(job) === (job.state === 'waiting'), `job ${job.job} is ${job.state}: does it wait?`)
    hold(
      (job.ledger !== undefined) === (job.state !== 'waiting') ||
        (job.ledger !== undefined && job.opening !== undefined),
      `job ${job.job} is ${job.state}: has it a ledger?`,
    )
    hold(job.opening === undefined || job.state === 'waiting', `job ${job.job} is ${job.state}: is it asked?`)
    hold(state.paused.has(job) === (job.pause !== undefined), `job ${job.job}: is it paused?`)
    hold(job.hopes.size === 0 || state.hoping.has(job), `job ${job.job}: does it hope?`)
    hold(sealing.has(job) === (job.state === 'sealing'), `job ${job.job} is ${job.state}: is it sealed?`)
    if (job.ledger === undefined) continue
    assertLedger(job, job.ledger)
    for (const attempt of job.ledger.out()) {
      hold(leases.has(attempt), `unit ${attempt.ref.unit} of job ${job.job} is out without a lease`)
      if (!attempt.computed) running++
    }
  }
  hold(running === atHand, `${running} attempts run, but slaves hold ${atHand}`)
  hold(ended.size <= options.jobsKept, `${ended.size} ended jobs are kept`)
  for (const job of [...state.paused, ...state.hoping]) hold(jobs.has(job.job), `job ${job.job} has ended`)
  for (const job of ended.values()) hold(!jobs.has(job.job), `job ${job.job} ended and did not`)
}

function assertLedger(job: JobRecord, ledger: Ledger): void {
  const { plan, queues, again } = ledger
  const left = new Set<number>()
  const count = (unit: number, where: string) => {
    hold(!left.has(unit), `unit ${unit} of job ${job.job} is ${where}, and elsewhere`)
    hold(unitAt(plan, unit) !== undefined, `unit ${unit} of job ${job.job} is ${where}, but not planned`)
    left.add(unit)
  }
  for (const { slave, runs, units } of queues.filled.values()) {
    const before = left.size
    for (const { from, to } of runs)
      for (let unit = from; unit < to; unit++) count(unit, `queued for ${slave}`)
    hold(
      left.size - before === units && units > 0,
      `${slave} has ${left.size - before} units queued, not ${units}`,
    )
  }
  for (const unit of again) {
    count(unit, 'ready again')
    hold(ledger.attemptsOut(unit).length === 0, `unit ${unit} of job ${job.job} is ready again: is it out?`)
  }
  let computing = 0
  for (const { ref, slave, computed } of ledger.out()) {
    const attempts = ledger.attemptsOut(ref.unit)
    if (attempts[0]?.ref === ref) count(ref.unit, `out at ${slave}`)
    const twice = attempts.filter(other => other.slave === slave).length > 1
    hold(!twice && attempts.length <= attemptsAtOnce, `unit ${ref.unit} is out ${attempts.length} times`)
    if (!computed) computing++
  }
  hold(computing === ledger.computing.size, `${computing} attempts run, not ${ledger.computing.size}`)
  hold(
    left.size === ledger.unitsLeft,
    `${left.size} units are left of job ${job.job}, not ${ledger.unitsLeft}`,
  )
  const placed = plan.units - left.size
  hold(placed === job.unitsPlaced, `${placed} units are placed, not ${job.unitsPlaced}`)
  let flopsLeft = 0
  for (const unit of left) flopsLeft += ledger.work(unit).flops
  const [m, n, k] = plan.shape
  const all = 2 * m * n * Math.max(1, k)
  // Sums of large numbers are rounded.
  hold(
    Math.abs(all - flopsLeft - job.flopsPlaced) <= all * 1e-9,
    `${all - flopsLeft} flops are placed, not ${job.flopsPlaced}`,
  )
  hold(
    job.state === 'waiting' || (job.state === 'sealing') === (left.size === 0),
    `job ${job.job} is ${job.state} with ${left.size} of ${plan.units} units left`,
  )
  const credited = [...job.tallies.values()].reduce((sum, tally) => sum + tally.unitsPlaced, 0)
  hold(credited <= job.unitsPlaced, `slaves are credited with ${credited} units of ${job.unitsPlaced}`)
}

function hold(condition: boolean, fault: string): void {
  if (!condition) throw new GemmeshError('GEMMESH_INTERNAL', `the scheduler contradicts itself: ${fault}`)
}
