/**
 * Runs many seeds of the fault simulator: node test/simulation/simulate-faults.ts [--seeds N] [--from SEED] [--twice] [--verbose].
 * Ends with 1 where a promise was broken, or where a seed that is run twice is not the same story; each fault names its seed.
 */
import { parseArgs } from 'node:util'
import pino from 'pino'
import { type RunReport, runSeed } from './faults/run-seed.ts'
import { troubleNames } from './faults/scenario.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '300' },
    from: { type: 'string', default: '1' },
    twice: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
    without: { type: 'string', default: '' },
    most: { type: 'string', default: '20' },
  },
})
const from = Number(values.from)
const count = Number(values.seeds)
const without = new Set(values.without.split(','))
const troubles = Object.fromEntries(troubleNames.map(name => [name, !without.has(name)]))
const mostFaulty = Number(values.most)

const begun = performance.now()
let faulty = 0
const totals = { events: 0, simulatedMs: 0, jobs: 0, tiles: 0, crashes: 0, damaged: 0, lies: 0 }
for (let seed = from; seed < from + count && faulty < mostFaulty; seed++) {
  const log = values.verbose ? (line: string) => console.log(line) : undefined
  const logger = values.verbose ? pino({ level: 'debug', base: null, timestamp: false }) : undefined
  const report = await runSeed(seed, { log, logger, troubles })
  add(report)
  const again = values.twice ? await runSeed(seed, { troubles }) : report
  const faults = again.hash === report.hash ? report.faults : ['the second time it was another story']
  if (faults.length === 0) continue
  faulty++
  console.log(`seed ${seed}: ${faults.slice(0, 3).join('\n    ')}`)
}
const seconds = (performance.now() - begun) / 1000
console.log(
  `${faulty} of ${count} seeds break a promise; ${seconds.toFixed(1)} s, ${totals.events} events, ` +
    `${(totals.simulatedMs / 3_600_000).toFixed(1)} simulated hours, ${totals.jobs} jobs, ${totals.tiles} tiles, ` +
    `${totals.crashes} crashes, ${totals.damaged} damaged messages, ${totals.lies} wrong tiles sent`,
)
process.exitCode = faulty > 0 ? 1 : 0

function add(report: RunReport): void {
  totals.events += report.events
  totals.simulatedMs += report.simulatedMs
  totals.jobs += report.jobs
  totals.tiles += report.tiles
  totals.crashes += report.crashes
  totals.damaged += report.damaged
  totals.lies += report.lies
}
