import { readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import t from 'tap'
import { bytesPerElement } from '../../src/core/matrix.ts'
import { NpyReader } from '../../src/formats/npy-reader.ts'
import { npyKind, rectangleOf } from './arbitraries.ts'
import { cut, makeNpy, type NpyKind, patternBytes, whole } from './make-npy.ts'

const fixturePath = (file: string) => fileURLToPath(new URL(`../fixtures/${file}`, import.meta.url))

async function readWhole(path: string): Promise<Buffer> {
  const reader = await NpyReader.open(path)
  const target = Buffer.alloc(reader.header.dataBytes)
  await reader.read(whole(reader.header), target)
  await reader.close()
  return target
}

const fixtures: { file: string; accept: boolean }[] = JSON.parse(
  readFileSync(fixturePath('fixtures.json'), 'utf8'),
)
for (const { file } of fixtures.filter(({ accept }) => !accept))
  t.test(`refused: ${file}`, async t => {
    const path = fixturePath(file)
    await t.rejects(NpyReader.open(path), { code: /NPY_INVALID|UNSUPPORTED/ })
    await t.rejects(NpyReader.open(path), { message: new RegExp(`${file}: `) })
  })

for (const { file } of fixtures.filter(({ accept }) => accept))
  t.test(`read whole: ${file}`, async t => {
    const bytes = await readWhole(fixturePath(file))
    // Little-endian C order is the file's own bytes; the others are compared with their twins below.
    if (/fortran|bigendian/.test(file)) return
    t.ok(bytes.equals(readFileSync(fixturePath(file)).subarray(-bytes.length || Number.POSITIVE_INFINITY)))
  })

t.test('the same matrix, however it is written', async t => {
  const twins: readonly [file: string, twin: string][] = [
    ['a-f64.npy', 'a-f64-fortran.npy'],
    ['a-f64.npy', 'a-f64-v2.npy'],
    ['a-f64.npy', 'a-f64-v3.npy'],
    ['b-f32.npy', 'b-f32-bigendian.npy'],
  ]
  for (const [file, twin] of twins)
    t.ok((await readWhole(fixturePath(file))).equals(await readWhole(fixturePath(twin))), twin)
})

t.test('any rectangle of any kind of file', async t => {
  const folder = t.testdir({})
  const path = join(folder, 'a.npy')
  const kindAndRectangle = npyKind.chain(kind => fc.tuple(fc.constant(kind), rectangleOf(kind)))
  await fc.assert(
    fc.asyncProperty(
      kindAndRectangle,
      fc.nat({ max: 20 }),
      fc.nat({ max: 7 }),
      async ([kind, rectangle], gap, shift) => {
        const rowMajor = patternBytes(kind)
        writeFileSync(path, makeNpy(kind, rowMajor))
        const reader = await NpyReader.open(path)
        // Into the middle of a larger shared memory, at any alignment, with gaps: nothing else may be touched.
        const rowBytes = rectangle.columns * bytesPerElement[kind.dtype]
        const strideBytes = rowBytes + gap
        const memory = Buffer.from(new SharedArrayBuffer(shift + rectangle.rows * strideBytes + 8)).fill(0xa5)
        const expected = Buffer.alloc(memory.length, 0xa5)
        const wanted = cut(rowMajor, kind, rectangle)
        for (let row = 0; row < rectangle.rows; row++)
          wanted.copy(expected, shift + row * strideBytes, row * rowBytes, (row + 1) * rowBytes)
        await reader.read(rectangle, memory.subarray(shift), strideBytes)
        await reader.close()
        return memory.equals(expected)
      },
    ),
    { seed: 5, numRuns: 300 },
  )
})

// Larger than a piece of columns (4 MiB), a slice of runs (512) and a band (2 MiB); taller and wider.
const large: readonly [
  kind: NpyKind,
  rectangle: { row: number; column: number; rows: number; columns: number },
][] = [
  [
    { dtype: 'float64', rows: 1100, columns: 700 },
    { row: 3, column: 5, rows: 1090, columns: 690 },
  ],
  [
    { dtype: 'float32', rows: 30_000, columns: 70 },
    { row: 1, column: 2, rows: 29_990, columns: 66 },
  ],
  [
    { dtype: 'float32', rows: 70, columns: 30_000 },
    { row: 2, column: 1, rows: 66, columns: 29_990 },
  ],
]

for (const [kind, rectangle] of large)
  for (const fortranOrder of [false, true])
    for (const bigEndian of [false, true])
      t.test(
        `${kind.rows}x${kind.columns} ${fortranOrder ? 'Fortran' : 'C'} ${bigEndian ? 'big' : 'little'}`,
        async t => {
          const path = join(t.testdir({}), 'a.npy')
          const rowMajor = patternBytes(kind)
          writeFileSync(path, makeNpy({ ...kind, fortranOrder, bigEndian }, rowMajor))
          const reader = await NpyReader.open(path)
          const wanted = cut(rowMajor, kind, rectangle)
          const target = Buffer.alloc(wanted.length)
          await reader.read(rectangle, target)
          await reader.close()
          t.ok(target.equals(wanted))
        },
      )

t.test('NaN payloads and signed zeros keep their bits', async t => {
  const path = join(t.testdir({}), 'a.npy')
  for (const dtype of ['float32', 'float64'] as const) {
    const kind = { dtype, rows: 2, columns: 3, fortranOrder: true, bigEndian: true }
    const rowMajor = Buffer.alloc(6 * bytesPerElement[dtype])
    // Signalling NaNs, which a load as a number may turn into quiet ones.
    for (let at = 0; at < rowMajor.length; at += bytesPerElement[dtype])
      dtype === 'float32'
        ? rowMajor.writeUInt32LE(0x7f80_0001 + at, at)
        : rowMajor.writeBigUInt64LE(0x7ff0_0000_0000_0001n + BigInt(at), at)
    writeFileSync(path, makeNpy(kind, rowMajor))
    t.ok((await readWhole(path)).equals(rowMajor), dtype)
  }
})

t.test('many reads at once', async t => {
  const kind = { dtype: 'float32', rows: 300, columns: 200, fortranOrder: true } as const
  const path = join(t.testdir({}), 'a.npy')
  const rowMajor = patternBytes(kind)
  writeFileSync(path, makeNpy(kind, rowMajor))
  const reader = await NpyReader.open(path)
  const rectangles = Array.from({ length: 30 }, (_, index) => ({
    row: index * 10,
    column: index,
    rows: 10,
    columns: 150,
  }))
  const read = await Promise.all(
    rectangles.map(async rectangle => {
      const target = Buffer.alloc(rectangle.rows * rectangle.columns * 4)
      await reader.read(rectangle, target)
      return target.equals(cut(rowMajor, kind, rectangle))
    }),
  )
  await reader.close()
  t.ok(read.every(Boolean))
})

t.test('what does not fit is refused before anything is read', async t => {
  const reader = await NpyReader.open(fixturePath('a-f64.npy'))
  const target = new Uint8Array(37 * 53 * 8)
  const outside: readonly [row: number, column: number, rows: number, columns: number][] = [
    [0, 0, 38, 53],
    [0, 0, 37, 54],
    [37, 0, 1, 1],
    [-1, 0, 1, 1],
    [0, 0.5, 1, 1],
    [0, 0, Number.NaN, 1],
  ]
  for (const [row, column, rows, columns] of outside)
    await t.rejects(reader.read({ row, column, rows, columns }, target), {
      code: 'GEMMESH_USAGE',
      message: /not inside the 37x53 matrix/,
    })
  const wide = { row: 0, column: 0, rows: 37, columns: 53 }
  await t.rejects(reader.read(wide, target.subarray(1)), {
    message: /15687 bytes of memory; they need 15688/,
  })
  await t.rejects(reader.read(wide, target, 423), { message: /37 rows of 424 bytes, 423 apart/ })
  await reader.read({ row: 37, column: 53, rows: 0, columns: 0 }, new Uint8Array(0))
  await reader.close()
  await t.rejects(reader.read(wide, target), { code: 'GEMMESH_FILE_UNREADABLE' })
})

t.test('a file that shrinks while it is read', async t => {
  const kind = { dtype: 'float64', rows: 100, columns: 1000 } as const
  const path = join(t.testdir({}), 'a.npy')
  writeFileSync(path, makeNpy(kind, patternBytes(kind)))
  const reader = await NpyReader.open(path)
  truncateSync(path, 500_000)
  const shrunk = { code: 'GEMMESH_NPY_INVALID', message: /byte 5\d{5} is not there any more/ }
  for (const rectangle of [whole(kind), { row: 0, column: 10, rows: 100, columns: 900 }])
    await t.rejects(reader.read(rectangle, new Uint8Array(800_000)), shrunk)
  await reader.close()
})

t.test('what is no file', async t => {
  const folder = t.testdir({ 'a.npy': '' })
  const unreadable: readonly [path: string, says: RegExp][] = [
    [join(folder, 'none.npy'), /none\.npy does not exist\. Check/],
    [join(folder, 'a.npy', 'b.npy'), /not a folder/],
    [folder, /is not a file but a folder/],
    ['/dev/null', /is not a file/],
  ]
  for (const [path, message] of unreadable)
    await t.rejects(NpyReader.open(path), { code: 'GEMMESH_FILE_UNREADABLE', message })
})
