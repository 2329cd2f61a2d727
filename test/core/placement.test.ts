import t from 'tap'
import { gridRectangles } from '../../src/core/geometry.ts'
import { Placement } from '../../src/core/placement.ts'

const tiles = gridRectangles([0, 2, 5], [0, 4])
const [one, other] = ['aa', 'bb']
const refused = { code: 'GEMMESH_TILE_REFUSED' }

t.test('a tile is written once, and acknowledged as often as it comes', async t => {
  const placement = new Placement(tiles, [5, 4])
  t.strictSame(placement.missing(), [0, 1])
  t.equal(placement.offer(1, 1, one), 'write')
  t.equal(placement.isPlaced(1), false, 'offered is not placed')
  t.equal(placement.placed(1, one), true)
  t.equal(placement.placed(1, one), false, 'saying it again changes nothing')
  t.equal(placement.offer(1, 1, one), 'already-placed')
  t.equal(placement.offer(1, 2, one), 'already-placed', 'whichever attempt sends it')
  t.equal(placement.offer(1, 2, other), 'conflict')
  t.equal(placement.isPlaced(1), true)
  t.equal(placement.complete, false)
  t.equal(placement.elementsPlaced, 12)
  t.strictSame(placement.missing(), [0])
  placement.offer(0, 1, other)
  placement.placed(0, other)
  t.equal(placement.complete, true)
  t.strictSame(placement.placedUnits(), [1, 0])
  t.strictSame(placement.missing(), [])
  t.equal(placement.unitsPlaced, 2)
  t.equal(placement.unitsTotal, 2)
  t.equal(placement.elementsPlaced, 20)
})

t.test('two different answers are never written at a time', async t => {
  const placement = new Placement(tiles, [5, 4])
  t.equal(placement.offer(0, 1, one), 'write')
  t.equal(placement.offer(0, 2, one), 'write', 'the same bytes may be written again')
  t.equal(placement.offer(0, 2, other), 'conflict')
  placement.withdraw(0, 2)
  t.equal(placement.offer(0, 2, other), 'conflict', 'another attempt cannot withdraw it')
  placement.withdraw(0, 1)
  t.equal(placement.offer(0, 2, other), 'write', 'what was withdrawn is out of the way')
  t.throws(() => placement.placed(0, one), { code: 'GEMMESH_INTERNAL', message: /unit 0 .* aa .* bb/ })
  t.equal(placement.placed(0, other), true)
  t.throws(() => placement.placed(0, one), { code: 'GEMMESH_INTERNAL' })
  placement.withdraw(0, 2)
  t.equal(placement.isPlaced(0), true, 'placed is for good')
})

t.test('what was placed before a restart is placed without an offer', async t => {
  const placement = new Placement(tiles, [5, 4])
  t.equal(placement.placed(0, one), true)
  t.equal(placement.offer(0, 7, one), 'already-placed')
})

t.test('units that are not of the job are refused', async t => {
  const placement = new Placement(tiles, [5, 4])
  for (const unit of [2, -1, 0.5, Number.NaN]) {
    const message = `unit ${unit} is not one of this job, whose units are 0 to 1`
    t.throws(() => placement.offer(unit, 1, one), { ...refused, message })
    t.throws(() => placement.placed(unit, one), refused)
    t.throws(() => placement.tile(unit), refused)
    t.throws(() => placement.isPlaced(unit), refused)
  }
  t.strictSame(placement.tile(1), { row: 2, column: 0, rows: 3, columns: 4 })
})

t.test('tiles that overlap or leave a gap are refused when the job is opened', async t => {
  t.throws(() => new Placement(tiles.slice(1), [5, 4]), refused)
  t.throws(() => new Placement([...tiles, ...tiles], [5, 4]), refused)
  t.throws(() => new Placement(tiles, [5, 5]), refused)
})

t.test('a matrix without elements is complete from the start', async t => {
  const placement = new Placement([], [0, 4])
  t.equal(placement.complete, true)
  t.throws(() => placement.offer(0, 1, one), { ...refused, message: /which has no units/ })
})

t.test('what of a region is missing', async t => {
  const quarters = [0, 1, 2, 3].map(index => ({
    row: 4 * (index >> 1),
    column: 4 * (index & 1),
    rows: 4,
    columns: 4,
  }))
  const placement = new Placement(quarters, [8, 8])
  placement.offer(0, 1, 'x')
  placement.placed(0, 'x')
  t.same(placement.missingIn({ row: 0, column: 0, rows: 4, columns: 4 }), [])
  t.same(placement.missingIn({ row: 3, column: 3, rows: 1, columns: 2 }), [quarters[1]])
  t.same(placement.missingIn({ row: 0, column: 0, rows: 8, columns: 8 }), quarters.slice(1))
})
