import t from 'tap'
import { Value } from 'typebox/value'
import { Receipt } from '../../../src/api/schemas/receipt.ts'
import { gridRectangles } from '../../../src/core/geometry.ts'
import type { PlacedTile } from '../../../src/core/receipt.ts'
import type { OpenJob } from '../../../src/protocol/messages.ts'
import { receiptText } from '../../../src/roles/combine/receipt.ts'

const [rows, columns] = [60, 50]
const layers = 2
const grid = gridRectangles(
  Array.from({ length: layers * rows + 1 }, (_, row) => row),
  Array.from({ length: columns + 1 }, (_, column) => column),
)
const description: OpenJob = {
  ...{ job: 'j', dtype: 'float64', rows, columns, dimensions: 2, tiles: grid },
  ...{ replyTo: 'http://127.0.0.1:1', layers, semiring: 'plus-times', exact: false },
  verificationSeed: 'ab'.repeat(16),
}
const placed = (unit: number, rest: Partial<PlacedTile> = {}): PlacedTile => ({
  ...{ unit, epoch: 1, attempt: 1, slave: 'gamma', digest: 'c0fe'.repeat(8), bytes: 8 },
  ...{ variant: 'wide', processor: '00ff'.repeat(16) },
  check: { worst: unit / grid.length, residual: 1e-12, rowsUnchecked: unit % 2 },
  ...rest,
})
const tilesOf = (tiles: readonly PlacedTile[]) => new Map(tiles.map(tile => [tile.unit, tile]))
const parsed = (facts: Parameters<typeof receiptText>[0], sealed = true): Receipt => {
  const value: unknown = JSON.parse([...receiptText(facts, sealed)].join(''))
  if (!Value.Check(Receipt, value)) throw new Error(JSON.stringify(Value.Errors(Receipt, value)))
  return value
}
const noneWrong = { wrong: [], wrongCount: 0 }

t.test('thousands of tiles, by unit, in pieces', async t => {
  const all = grid.map((_, unit) => placed(unit)).reverse()
  const facts = { description, tiles: tilesOf(all), ...noneWrong }
  t.ok([...receiptText(facts, true)].length > 4)
  const receipt = parsed(facts)
  t.match(receipt, { job: 'j', sealed: true, method: 'real', vectors: 3, units: grid.length, layers })
  t.strictSame(receipt.totals, {
    placed: grid.length,
    checked: grid.length,
    rowsUnchecked: grid.length / 2,
    worst: (grid.length - 1) / grid.length,
    wrong: 0,
  })
  t.strictSame(
    receipt.tiles.map(({ unit }) => unit),
    grid.map((_, unit) => unit),
  )
  t.match(receipt.tiles[columns + 1], { tile: { row: 1, column: 1, rows: 1, columns: 1 }, layer: 0 })
  t.match(receipt.tiles[rows * columns], { tile: { row: 0, column: 0, rows: 1, columns: 1 }, layer: 1 })
})

t.test('wrong tiles, unchecked tiles, no tiles', async t => {
  const wrong = { unit: 3, epoch: 1, attempt: 1, slave: 'delta', message: 'far off' }
  const some = tilesOf([placed(3, { attempt: 2 }), placed(4, { check: undefined })])
  const receipt = parsed({ description, tiles: some, wrong: [wrong], wrongCount: 1 }, false)
  t.match(receipt, { sealed: false, totals: { placed: 2, checked: 1, wrong: 1 }, wrong: [wrong] })
  t.notOk('check' in (receipt.tiles[1] ?? {}))

  const { verificationSeed: _, ...unchecked } = description
  t.match(parsed({ description: unchecked, tiles: new Map(), ...noneWrong }), { method: 'none', vectors: 0 })
  const empty = { ...description, rows: 0, tiles: [] }
  t.match(parsed({ description: empty, tiles: new Map(), ...noneWrong }), { tiles: [], units: 0 })
})

t.test('every way to check', async t => {
  const methodFor = (change: Partial<OpenJob>) => {
    const { method, vectors } = parsed({
      description: { ...description, ...change },
      tiles: new Map(),
      ...noneWrong,
    })
    return [method, vectors]
  }
  t.strictSame(methodFor({ dtype: 'int32' }), ['modular', 8])
  t.strictSame(methodFor({ dtype: 'float32' }), ['real', 3])
  t.strictSame(methodFor({ semiring: 'min-plus' }), ['sampled', 0])
})
