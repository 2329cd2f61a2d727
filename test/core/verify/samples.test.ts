import t from 'tap'
import { samplesOf } from '../../../src/core/verify/samples.ts'

const seed = Uint8Array.from({ length: 16 }, (_, index) => 11 * index)
const tile = { row: 100, column: 2000, rows: 500, columns: 300 }

t.test('some rows and columns of the tile, ascending', async t => {
  const seen = new Set<number>()
  for (let unit = 0; unit < 200; unit++) {
    const { rows, columns } = samplesOf(seed, unit, tile)
    for (const [lines, length] of [
      [rows, 500],
      [columns, 300],
    ] as const) {
      t.ok(lines.length > 4 && lines.length <= 8)
      t.ok(lines.every((line, index) => line > (lines[index - 1] ?? -1) && line < length))
    }
    for (const row of rows) seen.add(row)
  }
  t.ok(seen.size > 450, `rows differ from unit to unit: ${seen.size} of 500 were drawn`)
})

t.test(
  'tiles of the same columns share them, wherever their rows are; another seed draws others',
  async t => {
    const first = samplesOf(seed, 1, tile)
    t.strictSame(samplesOf(seed, 9, { ...tile, row: 0, rows: 44 }).columns, first.columns)
    t.strictSame(samplesOf(seed, 1, { ...tile, row: 7777 }), first)
    t.notSame(
      samplesOf(
        seed.map(byte => byte + 1),
        1,
        tile,
      ),
      first,
    )
  },
)

t.test('all of them where there are few', async t => {
  t.strictSame(samplesOf(seed, 1, { ...tile, rows: 3, columns: 8 }), {
    rows: [0, 1, 2],
    columns: [0, 1, 2, 3, 4, 5, 6, 7],
  })
})
