import fc from 'fast-check'
import t from 'tap'
import {
  area,
  cover,
  describeRectangle,
  gridRectangles,
  intersect,
  type Rectangle,
  split,
} from '../../src/core/geometry.ts'

const rectangle = (row: number, column: number, rows: number, columns: number): Rectangle => ({
  row,
  column,
  rows,
  columns,
})
const whole = rectangle(0, 0, 4, 6)

t.test('intersect', async t => {
  const a = rectangle(2, 3, 4, 5)
  const table: readonly (readonly [name: string, b: Rectangle, common: Rectangle | undefined])[] = [
    ['itself', a, a],
    ['a part within', rectangle(3, 4, 1, 1), rectangle(3, 4, 1, 1)],
    ['an overlapping corner', rectangle(5, 7, 9, 9), rectangle(5, 7, 1, 1)],
    ['a neighbour below', rectangle(6, 3, 1, 5), undefined],
    ['a neighbour at the right', rectangle(2, 8, 4, 1), undefined],
    ['far away', rectangle(20, 30, 1, 1), undefined],
    ['an empty one', rectangle(3, 4, 0, 2), undefined],
  ]
  for (const [name, b, common] of table) {
    t.strictSame(intersect(a, b), common, name)
    t.strictSame(intersect(b, a), common, `${name}, the other way round`)
  }
})

t.test('split', async t => {
  t.strictSame(split(0, 10, 1), [0, 10])
  t.strictSame(split(0, 10, 3), [0, 3, 7, 10])
  t.strictSame(split(100, 1000, 3, 16), [100, 432, 768, 1100], 'inner edges are multiples of the granule')
  t.strictSame(split(5, 3, 3, 16), [5, 5, 5, 8], 'a granule too large leaves parts empty, and stays inside')
  t.strictSame(split(7, 0, 2), [7, 7, 7])
})

t.test('gridRectangles', async t => {
  t.strictSame(gridRectangles([0, 2, 4], [1, 3]), [rectangle(0, 1, 2, 2), rectangle(2, 1, 2, 2)])
  t.strictSame(gridRectangles([0, 0, 4], [0, 6, 6]), [whole], 'empty ones are left out')
  t.strictSame(gridRectangles([0], [0, 1]), [])
})

t.test('describeRectangle counts as people do', async t => {
  t.equal(describeRectangle(rectangle(0, 512, 512, 512)), 'rows 0-511, columns 512-1023')
})

t.test('cover accepts tiles in any order that cover each element once', async t => {
  cover([whole], whole)
  cover(gridRectangles([0, 1, 4], [0, 2, 5, 6]).reverse(), whole)
  // A pinwheel: no straight cut goes through it.
  const pinwheel = [
    rectangle(0, 0, 1, 2),
    rectangle(0, 2, 2, 1),
    rectangle(1, 0, 2, 1),
    rectangle(2, 1, 1, 2),
    rectangle(1, 1, 1, 1),
  ]
  cover(pinwheel, rectangle(0, 0, 3, 3))
  cover([rectangle(7, 9, 2, 2)], rectangle(7, 9, 2, 2))
  cover([], rectangle(0, 0, 0, 6))
  cover([], rectangle(0, 0, 6, 0))
  t.pass('all six')
})

t.test('cover refuses, and names the tile', async t => {
  const left = rectangle(0, 0, 4, 3)
  const table: readonly (readonly [name: string, tiles: Rectangle[], message: RegExp])[] = [
    ['no tiles', [], /0 tiles leave a gap: row 0 of columns 0-5/],
    ['a gap at the right', [left], /1 tiles leave a gap: row 0 of columns 3-5/],
    ['a gap at the left', [rectangle(0, 3, 4, 3)], /gap/],
    ['a gap below', [rectangle(0, 0, 3, 6)], /gap: row 3 of columns 0-5/],
    [
      'a gap above',
      [rectangle(1, 0, 3, 6)],
      /tile 0 \(3x6 at row 1, column 0\) leaves a gap: row 0, column 0/,
    ],
    ['a gap in the middle', [left, rectangle(0, 3, 2, 3), rectangle(3, 3, 1, 3)], /tile 2 .* gap: row 2/],
    ['a tile twice', [left, left, rectangle(0, 3, 4, 3)], /tile 1 .* overlaps tile 0/],
    ['an overlap', [left, rectangle(0, 2, 4, 4)], /tile 1 \(4x4 at row 0, column 2\) overlaps tile 0/],
    ['an overlap from below', [rectangle(0, 0, 3, 6), rectangle(2, 0, 2, 6)], /tile 1 .* overlaps tile 0/],
    ['one within another', [whole, rectangle(1, 1, 1, 1)], /tile 1 .* overlaps tile 0/],
    ['an overlap that a gap makes up for', [left, rectangle(0, 2, 3, 4)], /overlaps/],
    ['out of the whole', [rectangle(0, 0, 4, 7)], /tile 0 .* stands out/],
    ['before the whole', [rectangle(-1, 0, 5, 6)], /tile 0 .* stands out/],
    ['an empty tile', [whole, rectangle(1, 1, 0, 1)], /tile 1 .* is empty/],
    ['not whole numbers', [rectangle(0, 0, 4, 5.5), rectangle(0, 5.5, 4, 0.5)], /tile 0/],
    ['not a number', [rectangle(0, Number.NaN, 4, 6)], /tile 0/],
  ]
  for (const [name, tiles, message] of table) {
    t.throws(() => cover(tiles, whole), { code: 'GEMMESH_TILE_REFUSED', message }, name)
  }
  t.throws(() => cover([whole], rectangle(0, 0, 0, 6)), { code: 'GEMMESH_TILE_REFUSED' })
})

/** A random guillotine cover of a rectangle. */
const tilesOf = (depth: number, of: Rectangle): fc.Arbitrary<Rectangle[]> => {
  const self: fc.Arbitrary<Rectangle[]> = fc.constant(of).map(one => [one])
  if (depth === 0) return self
  const cuts: fc.Arbitrary<Rectangle[]>[] = [self]
  const both = (a: Rectangle, b: Rectangle) =>
    fc.tuple(tilesOf(depth - 1, a), tilesOf(depth - 1, b)).map(parts => parts.flat())
  if (of.rows > 1) {
    cuts.push(
      fc
        .integer({ min: 1, max: of.rows - 1 })
        .chain(rows => both({ ...of, rows }, { ...of, row: of.row + rows, rows: of.rows - rows })),
    )
  }
  if (of.columns > 1) {
    cuts.push(
      fc
        .integer({ min: 1, max: of.columns - 1 })
        .chain(columns =>
          both({ ...of, columns }, { ...of, column: of.column + columns, columns: of.columns - columns }),
        ),
    )
  }
  return fc.oneof(...cuts)
}

t.test('cover, against counting each element', async t => {
  const of = rectangle(3, 5, 9, 11)
  const small = fc.record({
    row: fc.integer({ min: 3, max: 8 }),
    column: fc.integer({ min: 5, max: 12 }),
    rows: fc.integer({ min: 1, max: 4 }),
    columns: fc.integer({ min: 1, max: 4 }),
  })
  const changed = fc
    .tuple(tilesOf(5, of), fc.constantFrom('none', 'drop', 'double', 'add', 'shift'), fc.nat(), small)
    .map(([tiles, change, seed, extra]) => {
      const at = seed % tiles.length
      const tile = tiles[at] ?? of
      if (change === 'drop') return tiles.toSpliced(at, 1)
      if (change === 'double') return [...tiles, tile]
      if (change === 'add') return [...tiles, extra]
      if (change === 'shift') return tiles.with(at, { ...tile, row: Math.max(3, tile.row - 1) })
      return tiles
    })
  fc.assert(
    fc.property(changed, fc.infiniteStream(fc.nat()), (tiles, chance) => {
      const shuffled = tiles
        .map(tile => ({ tile, key: chance.next().value ?? 0 }))
        .sort((a, b) => a.key - b.key)
        .map(({ tile }) => tile)
      let isCover = tiles.reduce((sum, tile) => sum + area(tile), 0) === area(of)
      for (const [i, a] of tiles.entries()) {
        for (const b of tiles.slice(i + 1)) if (intersect(a, b) !== undefined) isCover = false
      }
      let accepted = true
      try {
        cover(shuffled, of)
      } catch {
        accepted = false
      }
      return accepted === isCover
    }),
    { seed: 2, numRuns: 1000 },
  )
  t.pass('1000 covers, whole and damaged')
})

t.test('cover looks at 100,000 tiles without comparing them in pairs', async t => {
  const edges = Array.from({ length: 317 }, (_, i) => i * 10)
  const tiles = gridRectangles(edges, edges)
  t.ok(tiles.length >= 99_000)
  cover(tiles, rectangle(0, 0, 3160, 3160))
  t.throws(() => cover(tiles.slice(1), rectangle(0, 0, 3160, 3160)), { code: 'GEMMESH_TILE_REFUSED' })
})
