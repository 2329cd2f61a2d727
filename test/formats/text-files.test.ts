import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { arrayOf, type Dtype } from '../../src/core/matrix.ts'
import { asGemmeshError } from '../../src/errors.ts'
import { convertToNpy } from '../../src/formats/npy-file.ts'
import { NpyReader } from '../../src/formats/npy-reader.ts'
import { printMatrix } from '../../src/formats/print-matrix.ts'
import { save, type Values } from '../integration/matrices.ts'

const folder = t.testdir({})
const text = join(folder, 'in.txt')
const npy = join(folder, 'out.npy')
const printed = join(folder, 'printed.txt')
type TextKind = 'csv' | 'matrix-market'

async function read(kind: TextKind, content: string | Uint8Array, dtype?: Dtype): Promise<Values> {
  writeFileSync(text, content)
  await convertToNpy(text, kind, npy, { name: 'in.txt', ...(dtype && { dtype }) })
  const reader = await NpyReader.open(npy)
  const { dtype: found, rows, columns, dataBytes } = reader.header
  const bytes = new Uint8Array(dataBytes)
  await reader.read({ row: 0, column: 0, rows, columns }, bytes)
  await reader.close()
  return { dtype: found, shape: [rows, columns], data: new arrayOf[found](bytes.buffer) }
}

const rowsOf = ({ shape: [rows = 0, columns = 0], data }: Values): number[][] =>
  Array.from({ length: rows }, (_, row) => [...data.subarray(row * columns, (row + 1) * columns)])

const market = (head: string, ...lines: string[]) => `%%MatrixMarket matrix ${head}\n${lines.join('\n')}\n`

t.test('Matrix Market: formats, fields, symmetries', async t => {
  const cases: readonly [content: string, dtype: Dtype, rows: number[][]][] = [
    [
      market('coordinate real general', '% a comment', '', '2 3 3', '1 1 0.5', '  2   3  -1e3', '1 3 +.25d1'),
      'float64',
      [
        [0.5, 0, 2.5],
        [0, 0, -1000],
      ],
    ],
    [market('array real general', '2 2', '1', '2', '3', '4'), 'float64', [[1, 3], [2, 4]]], // biome-ignore format: a matrix
    [market('array integer symmetric', '2 2', '1', '2', '3'), 'int32', [[1, 2], [2, 3]]], // biome-ignore format: a matrix
    [market('coordinate integer symmetric', '2 2 2', '2 1 7', '2 2 -5'), 'int32', [[0, 7], [7, -5]]], // biome-ignore format: a matrix
    [market('coordinate real skew-symmetric', '2 2 1', '2 1 7'), 'float64', [[0, -7], [7, 0]]], // biome-ignore format: a matrix
    [market('array integer skew-symmetric', '3 3', '1', '2', '3'), 'int32', [[0, -1, -2], [1, 0, -3], [2, 3, 0]]], // biome-ignore format: a matrix
    [market('coordinate pattern general', '2 2 2', '1 2', '2 1'), 'float64', [[0, 1], [1, 0]]], // biome-ignore format: a matrix
    [market('coordinate real general', '1 1 2', '1 1 2', '1 1 3'), 'float64', [[5]]],
    [market('coordinate real general', '2 0 0'), 'float64', [[], []]],
    [
      '%%matrixmarket MATRIX Array Real General\r\n1 2\r\ninf\r\nNaN\r\n',
      'float64',
      [[Number.POSITIVE_INFINITY, Number.NaN]],
    ],
  ]
  for (const [content, dtype, rows] of cases) {
    const found = await read('matrix-market', content)
    t.equal(found.dtype, dtype)
    t.strictSame(rowsOf(found), rows, content)
  }
  t.equal((await read('matrix-market', market('array real general', '1 1', '2'), 'float32')).dtype, 'float32')
})

t.test('Matrix Market: what is wrong, and in which line', async t => {
  const faults: readonly [content: string, message: RegExp][] = [
    ['', /line 1: it ends before its size line/],
    ['1 2 3\n', /line 1: found "1 2 3", wanted "%%MatrixMarket matrix"/],
    [market('vector real general', '1 1'), /line 1: found/],
    [market('array pattern general', '1 1'), /line 1: found/],
    [market('array real general', '1 1 1', '2'), /line 2: the size line is "1 1 1", wanted two counts/],
    [market('coordinate real general', '1 -1 1'), /line 2: the size line/],
    [
      market('coordinate real symmetric', '2 3 1', '1 1 1'),
      /line 2: a symmetric matrix is square, but this is 2x3/,
    ],
    [
      market('coordinate real general', '2 2 1', '3 1 1'),
      /line 3: row 3, column 1 is not in a matrix of 2x2/,
    ],
    [market('coordinate real general', '2 2 1', '1 0 1'), /line 3: row 1, column 0 is not in/],
    [
      market('coordinate real general', '2 2 1', '1 1'),
      /line 3: an entry has 2 numbers, wanted row, column and value/,
    ],
    [market('coordinate real general', '2 2 1', '1 1 x'), /line 3: found "1 1 x", wanted numbers/],
    [market('coordinate real general', '2 2 2', '1 1 1'), /line 3: it ends after 1 of the 2 entries/],
    [
      market('coordinate real general', '2 2 1', '1 1 1', '%', '1 2 1'),
      /line 5: it has more than the 1 entries/,
    ],
    [market('coordinate integer general', '2 2 1', '1 1 1.5'), /line 3: 1\.5 is no int32/],
    [market('coordinate integer general', '1 1 1', '1 1 2147483648'), /line 3: 2147483648 is no int32/],
    [
      market('coordinate integer general', '1 1 2', '1 1 2147483647', '1 1 1'),
      /sum of the entries.*2147483648 is no int32/,
    ],
    [market('coordinate real skew-symmetric', '2 2 1', '1 1 1'), /line 3: the diagonal/],
    [market('array real general', '1 1', '1 2'), /line 3: it has 2 numbers, wanted one/],
    [
      `${market('array real general', '1 1')}${'1'.repeat(70_000)}`,
      /line 3: it has more than 65536 characters/,
    ],
  ]
  for (const [content, message] of faults)
    await t.rejects(
      read('matrix-market', content),
      { code: 'GEMMESH_FORMAT_INVALID', message },
      content.slice(0, 80),
    )
  await t.rejects(read('matrix-market', market('array complex general', '1 1', '1 2')), {
    code: 'GEMMESH_DTYPE_UNSUPPORTED',
  })
  await t.rejects(
    convertToNpy(text, 'matrix-market', npy, { name: 'x', limitBytes: 7 }),
    { code: 'GEMMESH_DTYPE_UNSUPPORTED' },
    'the file before',
  )
  writeFileSync(text, market('coordinate real general', '1000000 1000000 1', '1 1 1'))
  await t.rejects(convertToNpy(text, 'matrix-market', npy, { name: 'x', limitBytes: 1e9 }), {
    code: 'GEMMESH_UPLOAD_TOO_LARGE',
    message: /1000000x1000000 of float64 are 8000000000000 bytes as a whole; the limit is 1000000000/,
  })
})

t.test('CSV: delimiters, names, comments, quotes', async t => {
  const rows = [
    [1, -2.5],
    [3, 4],
  ]
  for (const content of [
    '1,-2.5\n3,4\n',
    '1;-2.5\r\n3;4',
    '1\t-2.5\n\n3\t4\n',
    'a,b\n1,-2.5\n3,4\n',
    '# by somebody\n 1 , -2.5\n"3","4"\n',
    '\ufeff1,-25e-1\n3.,4.0\n',
  ])
    t.strictSame(rowsOf(await read('csv', content)), rows, JSON.stringify(content))
  t.strictSame(rowsOf(await read('csv', 'nan\n-inf\n')), [[Number.NaN], [Number.NEGATIVE_INFINITY]])
  t.strictSame((await read('csv', '1,2\n', 'int32')).data, Int32Array.of(1, 2))
  const faults: readonly [content: string, message: RegExp][] = [
    ['', /it has no numbers at all/],
    ['1,2\n3\n', /line 2: it has 1 field, but the lines before it have 2/],
    ['a,b\n1,2,3\n', /line 2: it has 3 fields/],
    ['1,2\n3,x\n', /line 2: field 2 is "x", wanted a number/],
    ['1,b\n', /line 1: field 2 is "b"/],
    ['1,2\n3,\n', /line 2: field 2 is ""/],
    ['1,2\n"3,4\n', /line 2/],
  ]
  for (const [content, message] of faults)
    await t.rejects(
      read('csv', content),
      { code: 'GEMMESH_FORMAT_INVALID', message },
      JSON.stringify(content),
    )
  await t.rejects(read('csv', '1.5\n', 'int32'), { message: /line 1: 1\.5 is no int32/ })
  writeFileSync(text, '1,2\n'.repeat(20))
  await t.rejects(convertToNpy(text, 'csv', npy, { name: 'x', limitBytes: 200 }), {
    code: 'GEMMESH_UPLOAD_TOO_LARGE',
  })
})

const elements: Readonly<Record<Dtype, fc.Arbitrary<number>>> = {
  float32: fc.float(),
  float64: fc.double(),
  int32: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
}
const matrices = fc
  .record({
    dtype: fc.constantFrom('float32', 'float64', 'int32'),
    rows: fc.integer({ min: 1, max: 8 }),
    columns: fc.integer({ min: 1, max: 8 }),
  })
  .chain(({ dtype, rows, columns }) =>
    fc
      .array(elements[dtype], { minLength: rows * columns, maxLength: rows * columns })
      .map((values): Values => ({ dtype, shape: [rows, columns], data: arrayOf[dtype].from(values) })),
  )

for (const kind of ['csv', 'matrix-market'] as const) {
  t.test(`${kind}: what is printed reads as the same bits`, async t => {
    await fc.assert(
      fc.asyncProperty(matrices, async matrix => {
        await save(npy, matrix)
        await printMatrix(npy, printed, kind)
        const found = await read(kind, readFileSync(printed), matrix.dtype)
        t.strictSame({ ...found, data: bitsOf(found) }, { ...matrix, data: bitsOf(matrix) })
      }),
      { seed: 1, numRuns: 100 },
    )
  })

  t.test(`${kind}: cut off or damaged text is an error or another matrix, and nothing worse`, async t => {
    const whole =
      kind === 'csv'
        ? 'x,y,z\n1,2.5,-3e7\n4,nan,6\n"7",8,9\n'
        : market('coordinate real symmetric', '% c', '5 5 4', '1 1 2', '3 2 -1.5', '5 5 1e-3', '4 1 7')
    const bytes = Buffer.from(whole)
    const check = async (damaged: Buffer) => {
      try {
        await read(kind, damaged)
        return true
      } catch (error) {
        return /FORMAT_INVALID|DTYPE_UNSUPPORTED|STORAGE_FULL|OUTPUT_UNWRITABLE/.test(
          asGemmeshError(error).code,
        )
      }
    }
    const at = fc.nat({ max: bytes.length - 1 })
    await fc.assert(
      fc.asyncProperty(at, length => check(bytes.subarray(0, length))),
      { seed: 1, numRuns: 80 },
    )
    const change = async (position: number, byte: number) => {
      const changed = Buffer.from(bytes)
      changed[position] = byte
      return check(changed)
    }
    await fc.assert(fc.asyncProperty(at, fc.nat({ max: 255 }), change), { seed: 1, numRuns: 400 })
    t.pass('all of them')
  })
}

/** -0 is not 0 here, and a NaN is one. */
const bitsOf = ({ data }: Values): string[] =>
  Array.from(data, value => (Object.is(value, -0) ? '-0' : String(value)))
