/** What has to hold after every event, whatever came. For tests and the simulator: it looks at every unit. */
import { GemmeshError } from '../../errors.ts'
import { isMember } from '../membership.ts'
import type { Ledger } from './ledger.ts'
import type { JobRecord, State } from './state.ts'

/** GEMMESH_INTERNAL that names the first thing that does not hold. */
export function assertInvariants(state: State): void {
  const { options, slaves, idle, silentSlaves, jobs, waiting, ended, leases } = state
  const present = [...slaves.values()].filter(slave => slave.state === 'present')
  hold(
    present.length === state.presentCount,
    `${present.length} slaves are present, not ${state.presentCount}`,
  )
  let atHand = 0
  for (const slave of slaves.values()) {
    const { name } = slave
    const isPresent = slave.state === 'present'
    hold(slave.atHand.size <= options.unitsAtHand, `slave ${name} holds ${slave.atHand.size} units`)
    hold(isMember(slave.state) || slave.atHand.size === 0, `slave ${name} is ${slave.state} and holds units`)
    hold(
      isMember(slave.state) === silentSlaves.has(slave),
      `slave ${name} is ${slave.state}: is it listened for?`,
    )
    hold(
      idle.has(slave) === (isPresent && slave.atHand.size < options.unitsAtHand),
      `slave ${name} holds ${slave.atHand.size} units: is it idle?`,
    )
    for (const attempt of slave.atHand) {
      const out = jobs.get(attempt.ref.job)?.ledger?.open.get(attempt.ref.unit)
      hold(
        out === attempt && !attempt.computed,
        `slave ${name} holds unit ${attempt.ref.unit}, which is not out`,
      )
    }
    atHand += slave.atHand.size
  }
  let running = 0
  for (const job of jobs.values()) {
    hold(waiting.has(job) === (job.state === 'waiting'), `job ${job.job} is ${job.state}: does it wait?`)
    hold(
      (job.ledger !== undefined) === (job.state === 'running' || job.state === 'sealing'),
      `job ${job.job} has a ledger?`,
    )
    if (job.ledger === undefined) continue
    assertLedger(job, job.ledger)
    for (const attempt of job.ledger.open.values()) {
      hold(leases.has(attempt), `unit ${attempt.ref.unit} of job ${job.job} is out without a lease`)
      if (!attempt.computed) running++
    }
  }
  hold(running === atHand, `${running} attempts run, but slaves hold ${atHand}`)
  hold(ended.size <= options.jobsKept, `${ended.size} ended jobs are kept`)
  for (const job of ended.values()) hold(!jobs.has(job.job), `job ${job.job} ended and did not`)
}

function assertLedger(job: JobRecord, ledger: Ledger): void {
  const counts = { ready: 0, assigned: 0, placed: 0 }
  let elementsPlaced = 0
  for (const { unit } of ledger.plan.units) {
    const unitState = ledger.stateOf(unit) ?? 'ready'
    counts[unitState]++
    const isOut = ledger.open.has(unit)
    hold((unitState === 'assigned') === isOut, `unit ${unit} of job ${job.job} is ${unitState}: is it out?`)
    if (unitState === 'placed') elementsPlaced += ledger.elements(unit)
  }
  const queued = [...ledger.queues.values()].reduce((sum, queue) => sum + queue.ready, ledger.again.size)
  hold(queued === counts.ready, `${counts.ready} units of job ${job.job} are ready, but ${queued} are queued`)
  hold(counts.placed === job.unitsPlaced, `${counts.placed} units are placed, not ${job.unitsPlaced}`)
  hold(
    elementsPlaced === job.elementsPlaced,
    `${elementsPlaced} elements are placed, not ${job.elementsPlaced}`,
  )
  hold(
    (job.state === 'sealing') === (counts.placed === ledger.plan.units.length),
    `job ${job.job} is ${job.state} with ${counts.placed} of ${ledger.plan.units.length} units placed`,
  )
  const credited = [...job.tallies.values()].reduce((sum, tally) => sum + tally.unitsPlaced, 0)
  hold(credited <= job.unitsPlaced, `slaves are credited with ${credited} units of ${job.unitsPlaced}`)
}

function hold(condition: boolean, fault: string): void {
  if (!condition) throw new GemmeshError('GEMMESH_INTERNAL', `the scheduler contradicts itself: ${fault}`)
}
