import t from 'tap'
import { parseBytes } from '../../src/config.ts'

const cases: readonly [value: number | string, bytes: number | undefined][] = [
  [0, 0],
  [1024, 1024],
  [1.5, undefined],
  [-1, undefined],
  [2 ** 53, undefined],
  ['0B', 0],
  ['512MiB', 2 ** 29],
  ['1 GiB', 2 ** 30],
  ['1.5KiB', 1536],
  ['0.5B', undefined],
  ['4TiB', 2 ** 42],
  ['9000TiB', undefined],
  ['512', undefined],
  ['512MB', undefined],
  ['512mib', undefined],
  ['-1KiB', undefined],
  ['1e3KiB', undefined],
  [' 1KiB', undefined],
  ['', undefined],
]

for (const [value, bytes] of cases)
  t.test(JSON.stringify(value), t => {
    t.equal(parseBytes(value), bytes)
    t.end()
  })
