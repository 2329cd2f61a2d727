import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { dtypes } from '../../src/core/matrix.ts'
import { NpyReader } from '../../src/formats/npy-reader.ts'
import { createOutput } from '../../src/formats/output.ts'
import { patternBytes, whole } from './make-npy.ts'

const python = ['python3', '/usr/bin/python3'].find(
  command => spawnSync(command, ['-c', 'import numpy'], { stdio: 'ignore' }).status === 0,
)
const skip = python === undefined ? 'no python3 with NumPy on this machine' : false
const run = (script: string, ...args: string[]): string =>
  execFileSync(python ?? 'python3', ['-c', script, ...args], { encoding: 'utf8' })

const shapes: readonly [rows: number, columns: number, dimensions: 1 | 2][] = [
  [37, 53, 2],
  [0, 53, 2],
  [53, 0, 2],
  [1, 1, 2],
  [1, 53, 1],
  [53, 1, 1],
  [1, 0, 1],
]

t.test('NumPy loads what is written', { skip }, async t => {
  const folder = t.testdir({})
  for (const dtype of dtypes)
    for (const [index, [rows, columns, dimensions]] of shapes.entries()) {
      const spec = { dtype, rows, columns, dimensions }
      const output = await createOutput(join(folder, `${dtype}-${index}.npy`), spec)
      await output.writer.write(whole(spec), patternBytes(spec))
      await output.commit()
    }
  const loaded = run(
    `
import json, sys, glob, os, numpy
seen = {}
for path in glob.glob(os.path.join(sys.argv[1], '*.npy')):
    a = numpy.load(path, allow_pickle=False)
    open(path + '.bytes', 'wb').write(a.tobytes('C'))
    seen[os.path.basename(path)] = [str(a.dtype), list(a.shape), bool(a.flags.c_contiguous)]
print(json.dumps(seen))`,
    folder,
  )
  const seen: Record<string, unknown> = JSON.parse(loaded)
  for (const dtype of dtypes)
    for (const [index, [rows, columns, dimensions]] of shapes.entries()) {
      const file = `${dtype}-${index}.npy`
      t.strictSame(seen[file], [dtype, dimensions === 1 ? [rows * columns] : [rows, columns], true], file)
      t.ok(readFileSync(join(folder, `${file}.bytes`)).equals(patternBytes({ dtype, rows, columns })), file)
    }
})

t.test('what NumPy writes is read', { skip }, async t => {
  const folder = t.testdir({})
  run(
    `
import sys, os, numpy
n = 0
for descr in ('<f4', '>f4', '<f8', '>f8', '<i4', '>i4'):
    for shape in ((37, 53), (1, 53), (53, 1), (0, 3), (3, 0), (53,), (0,), (300, 1000)):
        for order in 'CF':
            for version in ((1, 0), (2, 0), (3, 0)):
                a = numpy.arange(numpy.prod(shape)).astype(descr).reshape(shape, order=order)
                path = os.path.join(sys.argv[1], f'{n}.npy')
                with open(path, 'wb') as f:
                    numpy.lib.format.write_array(f, a, version=version)
                little = numpy.ascontiguousarray(a).astype(a.dtype.newbyteorder('<'))
                open(path + '.bytes', 'wb').write(little.tobytes('C'))
                n += 1`,
    folder,
  )
  const count = 6 * 8 * 2 * 3
  let right = 0
  for (let index = 0; index < count; index++) {
    const path = join(folder, `${index}.npy`)
    const reader = await NpyReader.open(path)
    const target = Buffer.alloc(reader.header.dataBytes)
    await reader.read(whole(reader.header), target)
    await reader.close()
    if (target.equals(readFileSync(`${path}.bytes`))) right++
    else t.fail(path)
  }
  t.equal(right, count)
})

t.test('what NumPy writes and gemmesh does not multiply is refused', { skip }, async t => {
  const folder = t.testdir({})
  const arrays = [
    "numpy.zeros((2, 2), 'f2')",
    "numpy.zeros((2, 2), 'i8')",
    "numpy.zeros((2, 2), 'c16')",
    "numpy.zeros((2, 2), '?')",
    "numpy.zeros((2, 2), 'M8[s]')",
    "numpy.array([['a', 'b']])",
    'numpy.array([[None, {}]], dtype=object)',
    "numpy.zeros(3, [('ä', 'f4')])",
    'numpy.float64(3)',
    'numpy.zeros((1, 2, 3))',
  ]
  for (const [index, array] of arrays.entries()) {
    const path = join(folder, `${index}.npy`)
    writeFileSync(path, '')
    run(`import sys, numpy; numpy.save(sys.argv[1], ${array})`, path)
    await t.rejects(NpyReader.open(path), { code: /GEMMESH_(DTYPE|DIMENSIONS)_UNSUPPORTED/ }, array)
  }
})
