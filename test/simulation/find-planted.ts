/**
 * Whether the simulator of faults finds bugs that are planted: node test/simulation/find-planted.ts [--seeds N] [--only TEXT].
 * For each, the first seed that breaks a promise; ends with 1 where one is not found.
 */
import { parseArgs } from 'node:util'
import { plantedBugs } from './faults/planted.ts'
import { runSeed } from './faults/run-seed.ts'
import { troubleNames } from './faults/scenario.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    only: { type: 'string', default: '' },
    without: { type: 'string', default: '' },
  },
})
const without = new Set(values.without.split(','))
const troubles = Object.fromEntries(troubleNames.map(name => [name, !without.has(name)]))
const most = Number(values.seeds)
let missed = 0
for (const [name, planted] of Object.entries(plantedBugs)) {
  if (!name.includes(values.only)) continue
  const found = await firstFault(planted)
  if (found === undefined) missed++
  console.log(
    found === undefined
      ? `NOT FOUND in ${most} seeds: ${name}`
      : `${String(found.seed).padStart(4)}  ${name}\n      ${found.fault.slice(0, 160)}`,
  )
}
process.exitCode = missed > 0 ? 1 : 0

async function firstFault(planted: (typeof plantedBugs)[string]) {
  for (let seed = 1; seed <= most; seed++) {
    const { faults } = await runSeed(seed, { planted, troubles })
    if (faults[0] !== undefined) return { seed, fault: faults[0] }
  }
  return undefined
}
