import t from 'tap'
import { showPlan } from '../../../src/cli/cluster/show-plan.ts'

const share = (slave: string, row: number, rows: number) => ({
  slave,
  performance: 1.426787795518122,
  wanted: rows / 6,
  given: rows / 6,
  units: 1,
  rectangles: [{ row, column: 0, rows, columns: 4 }],
  depth: { start: 0, end: 5 },
})
const figures = { layers: 1, movedBytes: 2048, lowerBoundBytes: 2048 }

t.test('who gets what, and where it lies', t => {
  const shares = [share('gamma', 0, 4), share('delta', 4, 2)]
  const map = 'AA\nAA\nBB\nA gamma: 4x4\nB delta: 2x4'
  const text = showPlan({ ...figures, shares, units: 2, map })
  t.match(text, /^plan: 2 work units; 2\.00 KiB of A and B move to the slaves, 1\.00 of the least possible\n/)
  t.match(text, / A +gamma +1\.427 +66\.67 % +66\.67 % +1 +rows 0:4, columns 0:4\n/)
  t.ok(text.endsWith('\n  AA\n  AA\n  BB'), text)
  t.end()
})

t.test('of one slave there is nothing to draw', t => {
  const text = showPlan({ ...figures, shares: [share('gamma', 0, 6)], units: 1, map: 'AA\nAA\nA gamma: 6x4' })
  t.match(text, /^plan: 1 work unit; /)
  t.ok(text.endsWith('rows 0:6, columns 0:4'), text)
  t.end()
})
