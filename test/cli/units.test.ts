import t from 'tap'
import {
  formatBytes,
  formatCount,
  formatMs,
  formatPercent,
  formatRate,
  formatShape,
  gflopsOf,
  readBytes,
  roundedFigure,
} from '../../src/cli/units.ts'

t.test('bytes', t => {
  const table: readonly [number, string][] = [
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.00 KiB'],
    [16 * 2 ** 20, '16.0 MiB'],
    [1000 * 2 ** 20, '1000 MiB'],
    [1.5 * 2 ** 30, '1.50 GiB'],
    [2 ** 60, '1024 PiB'],
  ]
  for (const [bytes, text] of table) t.equal(formatBytes(bytes), text)
  t.end()
})

t.test('figures and counts', t => {
  t.strictSame([0, 0.000072, 0.314, 1].map(formatPercent), ['0 %', '0.0072 %', '31 %', '100 %'])
  t.strictSame([1.426787795518122, 2.5, 40_123].map(roundedFigure), [1.427, 2.5, 40_120])
  t.strictSame(
    [0, 1, 2].map(count => formatCount(count, 'slave')),
    ['0 slaves', '1 slave', '2 slaves'],
  )
  t.end()
})

t.test('milliseconds', t => {
  const table: readonly [number, string][] = [
    [0.2, '< 1 ms'],
    [12.4, '12 ms'],
    [999.4, '999 ms'],
    [999.6, '1.0 s'],
    [3440, '3.4 s'],
    [59_940, '59.9 s'],
    [59_960, '1 min 0 s'],
    [125_000, '2 min 5 s'],
    [3_780_000, '1 h 3 min'],
    [Number.POSITIVE_INFINITY, 'unknown'],
  ]
  for (const [ms, text] of table) t.equal(formatMs(ms), text)
  t.end()
})

t.test('rates and shapes', t => {
  t.strictSame([0, 1e-6, 0.4215, 8.12, 42.42, 186.4].map(formatRate), [
    '0.0',
    '< 0.01',
    '0.42',
    '8.1',
    '42.4',
    '186',
  ])
  t.equal(gflopsOf(2e9, 1000), 2)
  t.equal(gflopsOf(0, 5), 0)
  t.equal(gflopsOf(5, 0), 0)
  t.equal(formatShape([2, 3]), '2x3')
  t.equal(formatShape([7]), '7')
  t.end()
})

t.test('bytes as people type them', t => {
  t.equal(readBytes('1073741824'), 2 ** 30)
  t.equal(readBytes('512MiB'), 2 ** 29)
  t.equal(readBytes('1.5 GiB'), 1.5 * 2 ** 30)
  for (const wrong of ['', '0', '-1', '12parsecs', '1e9', '0.5B'])
    t.throws(() => readBytes(wrong), { code: 'GEMMESH_USAGE' }, wrong)
  t.end()
})
