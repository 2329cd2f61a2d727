import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { Performance } from '../../src/core/performance.ts'
import { JobCosts } from '../../src/core/predict/job-costs.ts'
import { readPerformance, writePerformance } from '../../src/store/performance-file.ts'

const slaves = [
  { name: 'gamma', performance: 1 },
  { name: 'delta', performance: 2 },
]

function measured(): Performance {
  const performance = new Performance({ slaves, measured: true })
  performance.introduce('gamma', { threads: 2, own: { float32: 80, float64: 41.5 } })
  for (const { name } of slaves)
    for (let unit = 0; unit < 20; unit++) {
      const semiring = unit % 2 === 0 ? 'plus-times' : 'max-min'
      performance.record(name, { dtype: 'int32', semiring, flops: 1e9, computeMs: 10 + unit })
      performance.record(name, { dtype: 'float64', flops: 1e8, computeMs: 3, sentBytes: 1e6, sendMs: 2 })
    }
  return performance
}

const nothing = { slaves: [], costs: [] }

function learned(): JobCosts {
  const costs = new JobCosts()
  for (let job = 0; job < 40; job++)
    costs.record(
      'gamma',
      'plus-times float32',
      { flops: 1e9 * (job + 1), bytesIn: 1e6, bytesOut: 0 },
      50 + job,
    )
  costs.record('delta', 'min-plus int32', { flops: 1e9, bytesIn: 1, bytesOut: 2 }, 7)
  return costs
}

t.test('what is written is read again, and nothing else is left', async t => {
  const folder = t.testdir()
  const onFault = () => t.fail('no fault')
  t.strictSame(await readPerformance(folder, onFault), nothing, 'no file yet')
  const all = { slaves: measured().records(), costs: learned().records() }
  t.equal(all.costs[0]?.jobs.length, 32)
  await writePerformance(folder, nothing)
  await writePerformance(folder, all)
  t.strictSame(await readPerformance(folder, onFault), all)
  t.strictSame(new JobCosts(all.costs).records(), all.costs)
  t.strictSame(await readdir(folder), ['performance.json'])
})

t.test('a file of before there were costs is as good as one without any', async t => {
  const folder = t.testdir()
  const slaves = measured().records()
  await writeFile(join(folder, 'performance.json'), JSON.stringify({ version: 1, slaves }))
  t.strictSame(await readPerformance(folder, () => t.fail('no fault')), { slaves, costs: [] })
})

t.test('a damaged file is worth no more than none', async t => {
  const folder = t.testdir()
  const path = join(folder, 'performance.json')
  await writePerformance(folder, { slaves: measured().records(), costs: [] })
  const whole = JSON.stringify({ version: 1, slaves: measured().records() })
  const damages = [
    whole.slice(0, -10),
    '',
    '[]',
    whole.replace('"version":1', '"version":2'),
    whole.replace('max-min', 'max-mim'),
    whole.replace('41.5', '-41.5'),
    whole.replace('41.5', '"41.5"'),
    whole.replace('"slaves"', '"costs":[{"slave":"gamma"}],"slaves"'),
  ]
  for (const text of damages) {
    await writeFile(path, text)
    const faults: string[] = []
    t.strictSame(await readPerformance(folder, (where, why) => faults.push(`${where}: ${why}`)), nothing)
    t.equal(faults.length, 1)
    t.match(faults[0], path)
  }
})
