import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { EntryPlacer } from '../../src/formats/entries.ts'
import { NpyWriter } from '../../src/formats/npy-writer.ts'
import { load, randomFrom } from '../integration/matrices.ts'

for (const [name, bandBytes] of [
  ['in one band', 2 ** 20],
  ['in many bands, by a spill file', 1000],
  ['in more bands than entries fit into their buffers', 8],
] as const)
  t.test(`entries in any order, ${name}`, async t => {
    const folder = t.testdir({})
    const [rows, columns] = [37, 53]
    const wanted = new Float64Array(rows * columns)
    const writer = await NpyWriter.create(join(folder, 'c.npy'), {
      dtype: 'float64',
      rows,
      columns,
      dimensions: 2,
    })
    const placer = new EntryPlacer(writer, bandBytes)
    const random = randomFrom(1)
    for (let index = 0; index < 20_000; index++) {
      const [row, column, value] = [Math.floor(random() * rows), Math.floor(random() * columns), index % 100]
      placer.add(row, column, value)
      wanted[row * columns + column] = (wanted[row * columns + column] ?? 0) + value
    }
    await placer.finish(why => new Error(why))
    await placer.close()
    await writer.close()
    t.strictSame((await load(join(folder, 'c.npy'))).data, wanted)
    t.strictSame(readdirSync(folder), ['c.npy'])
  })
