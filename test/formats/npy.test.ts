import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import t from 'tap'
import { GemmeshError } from '../../src/errors.ts'
import {
  headerWindowBytes,
  npyDataBytes,
  npyHeaderBytes,
  parseNpyHeader,
  parseNpyStart,
} from '../../src/formats/npy.ts'
import { npyKind } from './arbitraries.ts'
import { makeNpy, npyDict, npyFile, patternBytes } from './make-npy.ts'

interface Fixture {
  file: string
  accept: boolean
  note: string
  dtype: string
  shape: number[]
  fortranOrder: boolean
}
const fixture = (file: string) => readFileSync(fileURLToPath(new URL(`../fixtures/${file}`, import.meta.url)))
const fixtures: Fixture[] = JSON.parse(fixture('fixtures.json').toString())

for (const { file, note, ...wanted } of fixtures.filter(({ accept }) => accept))
  t.test(`accepted: ${file} (${note})`, t => {
    const bytes = fixture(file)
    const header = parseNpyHeader(bytes, bytes.length, file)
    t.equal(header.dtype, { f4: 'float32', f8: 'float64', i4: 'int32' }[wanted.dtype.slice(1)])
    t.equal(header.bigEndian, wanted.dtype.startsWith('>'))
    t.strictSame(header.shape, wanted.shape)
    t.equal(header.dimensions, wanted.shape.length)
    t.strictSame(
      [header.rows, header.columns],
      wanted.shape.length === 1 ? [1, ...wanted.shape] : wanted.shape,
    )
    t.equal(header.fortranOrder, wanted.fortranOrder)
    t.equal(header.dataOffset + header.dataBytes, bytes.length)
    t.equal(header.version, bytes[6])
    t.end()
  })

/** What each refused fixture is told: what was found, and what to do. */
const refusals: Readonly<Record<string, readonly [code: string, ...says: RegExp[]]>> = {
  'bad-truncated.npy': [
    'GEMMESH_NPY_INVALID',
    /15679 bytes/,
    /37x53 of float64 needs 15688/,
    /9 bytes are missing/,
  ],
  'bad-trailing.npy': ['GEMMESH_NPY_INVALID', /15690 bytes/, /needs 15688/, /2 bytes too many/],
  'bad-magic.npy': [
    'GEMMESH_NPY_INVALID',
    /begins with 93 4e 55 4d 50 5a/,
    /93 4e 55 4d 50 59/,
    /numpy\.save/,
  ],
  'bad-object.npy': ['GEMMESH_DTYPE_UNSUPPORTED', /'\|O'/, /pickle/, /a\.astype/],
  'bad-structured.npy': ['GEMMESH_DTYPE_UNSUPPORTED', /\[\('x', '<f4'\), \('y', '<i4'\)\]/, /one field/],
  'bad-3d.npy': ['GEMMESH_DIMENSIONS_UNSUPPORTED', /\(2, 2, 2\) has 3 dimensions/, /a\.reshape/],
  'bad-header-length.npy': ['GEMMESH_NPY_INVALID', /15816 bytes/, /reaches to byte 65545/],
  'bad-shape-huge.npy': ['GEMMESH_NPY_INVALID', /99999x53 of float64 needs 42399576/, /are missing/],
  'bad-empty.npy': ['GEMMESH_NPY_INVALID', /is empty/, /numpy\.save/],
  'bad-unicode.npy': ['GEMMESH_DTYPE_UNSUPPORTED', /'<U2'/, /plain numbers/],
}

t.test('every refused fixture has its row', t => {
  const refused = fixtures.filter(({ accept }) => !accept).map(({ file }) => file)
  t.strictSame(Object.keys(refusals).sort(), refused.sort())
  t.end()
})

for (const [file, [code, ...says]] of Object.entries(refusals))
  t.test(`refused: ${file}`, t => {
    const bytes = fixture(file)
    t.throws(() => parseNpyHeader(bytes, bytes.length, file), { code })
    for (const message of [/^bad-/, ...says])
      t.throws(() => parseNpyHeader(bytes, bytes.length, file), { message })
    t.end()
  })

const dict = (descr: string, shape: string, order = 'False') =>
  `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }`
const eightBytes = new Uint8Array(8)

const strange: readonly [name: string, file: Uint8Array, code: string, says: RegExp][] = [
  ...[
    ["'<f2'", /a\.astype\("float32"\)/],
    ["'<f16'", /a\.astype/],
    ["'<c16'", /a\.astype/],
    ["'<i8'", /a\.astype/],
    ["'<u4'", /a\.astype/],
    ["'|b1'", /a\.astype/],
    ["'|i1'", /a\.astype/],
    ["'>>f4'", /plain numbers/],
    ["'f4'", /little-endian \(<\) or big-endian \(>\)/],
    ["'|S3'", /plain numbers/],
    ["'<M8[ns]'", /plain numbers/],
    ['8', /its element type is 8/],
    ['None', /its element type is None/],
  ].map(([descr, says]): [string, Uint8Array, string, RegExp] => [
    `dtype ${descr}`,
    npyFile(dict(String(descr), '(1,)'), eightBytes),
    'GEMMESH_DTYPE_UNSUPPORTED',
    says instanceof RegExp ? says : /./,
  ]),
  ...[
    ['()', 'GEMMESH_DIMENSIONS_UNSUPPORTED', /0 dimensions/],
    ['(1, 1, 1, 1)', 'GEMMESH_DIMENSIONS_UNSUPPORTED', /4 dimensions/],
    ['(-1, -1)', 'GEMMESH_NPY_INVALID', /whole numbers/],
    ['[1, 1]', 'GEMMESH_NPY_INVALID', /a tuple/],
    ["('1', 1)", 'GEMMESH_NPY_INVALID', /whole numbers/],
    ['1', 'GEMMESH_NPY_INVALID', /a tuple/],
    ['(9007199254740993, 1)', 'GEMMESH_NPY_INVALID', /which no file has/],
    ['(4294967296, 4294967296)', 'GEMMESH_NPY_INVALID', /which no file has/],
    ['(18446744073709551617, 1)', 'GEMMESH_NPY_INVALID', /which no file has/],
    ['(0, 18446744073709551617)', 'GEMMESH_NPY_INVALID', /which no file has/],
    ['(4611686018427387904, 4)', 'GEMMESH_NPY_INVALID', /which no file has/],
  ].map(([shape, code, says]): [string, Uint8Array, string, RegExp] => [
    `shape ${shape}`,
    npyFile(dict("'<f8'", String(shape)), eightBytes),
    String(code),
    says instanceof RegExp ? says : /./,
  ]),
  ['order 1', npyFile(dict("'<f8'", '(1,)', '1'), eightBytes), 'GEMMESH_NPY_INVALID', /fortran_order is 1/],
  [
    'a key too few',
    npyFile("{'descr': '<f8', 'shape': (1,)}", eightBytes),
    'GEMMESH_NPY_INVALID',
    /the keys descr, shape, wanted descr, fortran_order and shape/,
  ],
  [
    'a key too many',
    npyFile("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), 'x': 1}", eightBytes),
    'GEMMESH_NPY_INVALID',
    /the keys descr, fortran_order, shape, x/,
  ],
  [
    'version 4',
    Buffer.from([0x93, ...Buffer.from('NUMPY'), 4, 0, 2, 0, 0x7b, 0x7d]),
    'GEMMESH_NPY_INVALID',
    /version 4\.0; 1\.0, 2\.0 and 3\.0/,
  ],
  ['version 1.1', Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 1]), 'GEMMESH_NPY_INVALID', /version 1\.1/],
  [
    'the magic alone',
    Buffer.from([0x93, ...Buffer.from('NUMPY')]),
    'GEMMESH_NPY_INVALID',
    /ends inside its header/,
  ],
  ['one byte', Buffer.from([0x93]), 'GEMMESH_NPY_INVALID', /ends inside its header: it has 1 bytes/],
  ['a zip archive', Buffer.from('PK\x03\x04xxxxxxxx'), 'GEMMESH_NPY_INVALID', /\.npz archive/],
  ['text', Buffer.from('1,2\n3,4\n'), 'GEMMESH_NPY_INVALID', /another kind of file/],
  [
    'a header of 4 GiB',
    Buffer.from([0x93, ...Buffer.from('NUMPY'), 2, 0, 255, 255, 255, 255, 0x7b]),
    'GEMMESH_NPY_INVALID',
    /4294967295 bytes; the limit is 65536/,
  ],
]

for (const [name, file, code, says] of strange)
  t.test(`refused: ${name}`, t => {
    t.throws(() => parseNpyHeader(file, file.length, 'x.npy'), { code, message: says })
    t.throws(() => parseNpyHeader(file, file.length, 'x.npy'), { message: /^x\.npy: / })
    t.end()
  })

t.test('a header of exactly the limit is read', t => {
  const text = npyDict({ dtype: 'float64', rows: 1, columns: 1 })
  for (const [padding, accepted] of [
    [65_536 - text.length - 1, true],
    [65_536 - text.length, false],
  ] as const) {
    const file = npyFile(text + ' '.repeat(padding), eightBytes, 2)
    const parse = () => parseNpyHeader(file.subarray(0, headerWindowBytes), file.length, 'x.npy')
    if (accepted) t.equal(parse().dataOffset, headerWindowBytes)
    else t.throws(parse, { message: /65537 bytes; the limit is 65536/ })
  }
  t.end()
})

t.test('what NumPy 1.x and other writers vary is read', t => {
  const variants = [
    '{"descr": "<f8", "fortran_order": False, "shape": (2, 3)}',
    "{'shape': (2L, 3L), 'fortran_order': False, 'descr': '<f8'}",
    "{  'descr':'<f8','fortran_order':False,'shape':(2,3,),}   ",
  ]
  for (const variant of variants) {
    const file = npyFile(variant, new Uint8Array(48))
    t.match(parseNpyHeader(file, file.length, 'x.npy'), {
      dtype: 'float64',
      rows: 2,
      columns: 3,
      dataBytes: 48,
    })
  }
  t.end()
})

t.test('the header that is written is the one NumPy writes', t => {
  const same = ['a-f32.npy', 'a-f64.npy', 'a-i32.npy', 'vector-f64.npy', 'one-f64.npy', 'empty-rows-f64.npy']
  for (const file of same) {
    const bytes = fixture(file)
    const header = parseNpyHeader(bytes, bytes.length, file)
    t.strictSame(Buffer.from(npyHeaderBytes(header)), bytes.subarray(0, header.dataOffset), file)
  }
  t.end()
})

t.test('what is written is read again', t => {
  const length = fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 30_000_000 }))
  fc.assert(
    fc.property(npyKind, length, length, fc.boolean(), ({ dtype }, rows, columns, vector) => {
      const spec = { dtype, rows: vector ? 1 : rows, columns, dimensions: vector ? 1 : 2 } as const
      const bytes = npyHeaderBytes(spec)
      const { shape, dataOffset, ...header } = parseNpyHeader(bytes, bytes.length + npyDataBytes(spec), 'x')
      return (
        Object.entries(spec).every(([key, value]) => Reflect.get(header, key) === value) &&
        bytes.length % 64 === 0 &&
        dataOffset === bytes.length &&
        shape.length === spec.dimensions
      )
    }),
    { seed: 3, numRuns: 300 },
  )
  t.end()
})

t.test('a column that is said to be a vector', t => {
  const bytes = npyHeaderBytes({ dtype: 'int32', rows: 7, columns: 1, dimensions: 1 })
  t.match(parseNpyHeader(bytes, bytes.length + 28, 'x'), { shape: [7], rows: 1, columns: 7 })
  t.throws(() => npyHeaderBytes({ dtype: 'int32', rows: 7, columns: 2, dimensions: 1 }), {
    code: 'GEMMESH_USAGE',
  })
  t.throws(() => npyHeaderBytes({ dtype: 'int32', rows: -1, columns: 2, dimensions: 2 }), {
    code: 'GEMMESH_USAGE',
  })
  t.throws(() => npyDataBytes({ dtype: 'float64', rows: 1e9, columns: 1e9, dimensions: 2 }), {
    code: 'GEMMESH_OUTPUT_UNWRITABLE',
    message: /1000000000x1000000000 float64 .* 8\.0e\+18 bytes/,
  })
  t.end()
})

t.test('a header that comes piece by piece', t => {
  const kind = { dtype: 'float64', rows: 2, columns: 2 } as const
  for (const version of [1, 2, 3] as const) {
    const file = makeNpy({ ...kind, version }, patternBytes(kind))
    const { dataOffset } = parseNpyHeader(file, file.length, 'x')
    for (let bytes = 0; bytes < file.length; bytes++)
      t.equal(
        parseNpyStart(file.subarray(0, bytes), 'x')?.dataOffset,
        bytes < dataOffset ? undefined : dataOffset,
      )
  }
  t.throws(
    () => parseNpyStart(Buffer.from([0x93, 0x4d]), 'x'),
    { code: 'GEMMESH_NPY_INVALID' },
    'as soon as it is known',
  )
  t.end()
})

t.test('a damaged file is refused with a code, whatever the damage', t => {
  const codes = ['GEMMESH_NPY_INVALID', 'GEMMESH_DTYPE_UNSUPPORTED', 'GEMMESH_DIMENSIONS_UNSUPPORTED']
  const file = fixture('one-f64.npy')
  fc.assert(
    fc.property(
      fc.nat({ max: file.length - 1 }),
      fc.nat({ max: 255 }),
      fc.nat({ max: file.length }),
      (at, byte, end) => {
        const damaged = Buffer.from(file)
        damaged[at] = byte
        const bytes = damaged.subarray(0, end)
        try {
          const header = parseNpyHeader(bytes, bytes.length, 'x')
          return header.dataOffset + header.dataBytes === bytes.length
        } catch (error) {
          return error instanceof GemmeshError && codes.includes(error.code)
        }
      },
    ),
    { seed: 4, numRuns: 3000 },
  )
  t.end()
})
