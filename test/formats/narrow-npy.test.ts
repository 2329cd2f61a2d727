import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { arrayOf } from '../../src/core/matrix.ts'
import { kindOf } from '../../src/formats/matrix-kind.ts'
import { asNpyFile, convertToNpy } from '../../src/formats/npy-file.ts'
import { NpyReader } from '../../src/formats/npy-reader.ts'
import { fixture } from '../cli/run-gemmesh.ts'
import { npyFile } from './make-npy.ts'

const header = (descr: string, shape: string, fortranOrder = 'False') =>
  `{'descr': '${descr}', 'fortran_order': ${fortranOrder}, 'shape': ${shape}, }`

async function widened(file: string) {
  await using npy = await asNpyFile(file)
  const reader = await NpyReader.open(npy.path)
  try {
    const { dtype, shape, rows, columns, dataBytes } = reader.header
    const bytes = new Uint8Array(dataBytes)
    await reader.read({ row: 0, column: 0, rows, columns }, bytes)
    return { dtype, shape, elements: [...new arrayOf[dtype](bytes.buffer)] }
  } finally {
    await reader.close()
  }
}

t.test('every value of every narrow type is read as it is', async t => {
  const folder = t.testdir({})
  const path = join(folder, 'narrow.npy')
  const types = [
    ['|b1', 'int32', Uint8Array.of(0, 1)],
    ['|i1', 'int32', Int8Array.from({ length: 256 }, (_, index) => index - 128)],
    ['|u1', 'int32', Uint8Array.from({ length: 256 }, (_, index) => index)],
    ['<i2', 'int32', Int16Array.from({ length: 65536 }, (_, index) => index - 32768)],
    ['<u2', 'int32', Uint16Array.from({ length: 65536 }, (_, index) => index)],
    ['<f2', 'float32', new Float16Array(Uint16Array.from({ length: 65536 }, (_, index) => index).buffer)],
  ] as const
  for (const [descr, dtype, array] of types) {
    const elements = [...array]
    // More than is read at a time: three rows of all values.
    const data = Buffer.from(array.buffer)
    writeFileSync(path, npyFile(header(descr, `(3, ${array.length})`), Buffer.concat([data, data, data])))
    const found = await widened(path)
    t.strictSame({ ...found, elements: undefined }, { dtype, shape: [3, array.length], elements: undefined })
    t.ok(
      found.elements.every((value, index) => Object.is(value, elements[index % array.length])),
      descr,
    )
    if (!descr.startsWith('<')) continue
    writeFileSync(
      path,
      npyFile(header(descr.replace('<', '>'), `(${array.length},)`), Buffer.from(data).swap16()),
    )
    const swapped = await widened(path)
    t.strictSame(swapped.shape, [array.length], 'a vector stays one')
    t.ok(
      swapped.elements.every((value, index) => Object.is(value, elements[index])),
      `${descr}, big-endian`,
    )
  }
})

t.test("Fortran's order stays, and a member of an archive is widened, too", async t => {
  const folder = t.testdir({})
  const path = join(folder, 'columns.npy')
  writeFileSync(path, npyFile(header('|i1', '(2, 3)', 'True'), Buffer.from([1, 2, 3, 4, 5, 255])))
  t.strictSame(await widened(path), { dtype: 'int32', shape: [2, 3], elements: [1, 3, 5, 2, 4, -1] })
  const member = { dtype: 'int32', shape: [3, 2], elements: [-128, 127, 3, -4, 0, 5] }
  t.strictSame(await widened(`${fixture('int8.npz')}:a`), member)
})

t.test('what is wrong with one is said', async t => {
  const folder = t.testdir({})
  const [path, target] = [join(folder, 'in.npy'), join(folder, 'out.npy')]
  const convert = (limitBytes?: number) =>
    convertToNpy(path, 'narrow-npy', target, { name: 'in.npy', ...(limitBytes && { limitBytes }) })
  writeFileSync(path, npyFile(header('|i1', '(2, 3)'), Buffer.alloc(5)))
  await t.rejects(convert(), { code: 'GEMMESH_NPY_INVALID', message: /needs 6: 1 bytes are missing/ })
  writeFileSync(path, npyFile(header('|i1', '(2, 3)'), Buffer.alloc(6)))
  await t.rejects(convert(23), {
    code: 'GEMMESH_UPLOAD_TOO_LARGE',
    message: /24 bytes as int32; the limit is 23/,
  })
  await convert(24)
  t.strictSame(readdirSync(folder).sort(), ['in.npy', 'out.npy'])
})

t.test('a file is known as narrow as soon as its type is there', async t => {
  const start = (descr: string) => npyFile(header(descr, '(2, 3)'), Buffer.alloc(0))
  t.equal(kindOf(start('|i1'), false), 'narrow-npy')
  t.equal(kindOf(start('<f2').subarray(0, 30), false), 'narrow-npy')
  t.equal(kindOf(start('<f4'), false), 'npy')
  t.equal(kindOf(start('<i8'), false), 'npy', 'its reader refuses it')
  t.equal(kindOf(start('|i1').subarray(0, 20), false), undefined)
  t.equal(kindOf(start('|i1').subarray(0, 20), true), 'npy')
})
