import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { Performance } from '../../src/core/performance.ts'
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

t.test('what is written is read again, and nothing else is left', async t => {
  const folder = t.testdir()
  const onFault = () => t.fail('no fault')
  t.strictSame(await readPerformance(folder, onFault), [], 'no file yet')
  const records = measured().records()
  await writePerformance(folder, [])
  await writePerformance(folder, records)
  t.strictSame(await readPerformance(folder, onFault), records)
  t.strictSame(await readdir(folder), ['performance.json'])
})

t.test('a damaged file is worth no more than none', async t => {
  const folder = t.testdir()
  const path = join(folder, 'performance.json')
  await writePerformance(folder, measured().records())
  const whole = JSON.stringify({ version: 1, slaves: measured().records() })
  const damages = [
    whole.slice(0, -10),
    '',
    '[]',
    whole.replace('"version":1', '"version":2'),
    whole.replace('max-min', 'max-mim'),
    whole.replace('41.5', '-41.5'),
    whole.replace('41.5', '"41.5"'),
  ]
  for (const text of damages) {
    await writeFile(path, text)
    const faults: string[] = []
    t.strictSame(await readPerformance(folder, (where, why) => faults.push(`${where}: ${why}`)), [])
    t.equal(faults.length, 1)
    t.match(faults[0], path)
  }
})
