import t from 'tap'
import {
  beyondMarkdown,
  machineMarkdown,
  markdown,
  shapesMarkdown,
  squareMarkdown,
} from '../../bench/markdown.ts'
import { tableText } from '../../bench/table.ts'
import { reportOf } from './reports.ts'

const lines = (text: string) => text.split('\n')

t.test(
  'square products: GFLOPS with percent of the peak, ratios with their spread, the mean of the large',
  async t => {
    const text = squareMarkdown(reportOf())
    t.ok(lines(text).includes('| n | 64 | 1024 |'))
    t.ok(lines(text).includes('| **pool** | 50.0 (25 %) | 180.0 (90 %) |'))
    t.ok(lines(text).includes('| naive | 0.500 |  |'), 'a case that a system was too slow for is empty')
    t.ok(lines(text).includes('| numpy | 0.50 (0.45-0.55) | 2.00 (1.80-2.20) | 2.00 |'))
  },
)

t.test('shapes: a row each, and the worst by name', async t => {
  const text = shapesMarkdown(reportOf())
  t.match(text, 'Pool over numpy: 0.80 in the geometric mean of 1, 0.80 at worst (16x2000x5).')
  t.ok(lines(text).includes('| 16x2000x5 | 8.00 | 10.0 | 0.80 | 0.72-0.88 |'))
})

t.test('integers, and what the figures belong to', async t => {
  t.match(beyondMarkdown(reportOf()), '| int32, n = 1024, one thread | numpy | 0.500 | 140 (126-154) |')
  const head = machineMarkdown(reportOf())
  for (const part of [
    'A CPU, 2 cores',
    'gemmesh 1.2.3',
    'float32 x 1: 200.0',
    '| mathjs | left out: not installed |',
  ]) {
    t.ok(head.includes(part), part)
  }
})

t.test('sections that were not measured leave nothing behind', async t => {
  const { results, ...rest } = reportOf()
  const text = markdown({ ...rest, results: results.filter(({ section }) => section === 'square') })
  t.notMatch(text, 'int32')
  t.notMatch(text, /\n\n\n/)
})

t.test('the table of a terminal has a row for every figure', async t => {
  const rows = lines(tableText(reportOf())).filter(
    line => /pool|numpy|naive/.test(line) && line.startsWith('│'),
  )
  t.equal(rows.length, 10, 'nine figures, and the head')
})
