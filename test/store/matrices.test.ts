import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { MatrixStore } from '../../src/store/matrices.ts'
import { cut, makeNpy, patternBytes, whole } from '../formats/make-npy.ts'

const fixture = (file: string) => readFileSync(fileURLToPath(new URL(`../fixtures/${file}`, import.meta.url)))
const fixtures: { file: string; accept: boolean; shape: number[] }[] = JSON.parse(
  fixture('fixtures.json').toString(),
)
const limitBytes = 1e6

/** `bytes` as they come over a connection, in chunks of `chunkBytes`. `taken` counts the bytes that were asked for. */
function arriving(bytes: Uint8Array, chunkBytes: number) {
  const state = { taken: 0, ended: false }
  async function* stream() {
    try {
      for (let at = 0; at < bytes.length; at += chunkBytes) {
        const chunk = bytes.subarray(at, at + chunkBytes)
        state.taken += chunk.length
        yield chunk
      }
    } finally {
      state.ended = true
    }
  }
  return { stream: stream(), state }
}

const put = (store: MatrixStore, bytes: Uint8Array, chunkBytes = 4096, limit = limitBytes) =>
  store.put(arriving(bytes, chunkBytes).stream, limit)

for (const { file, shape } of fixtures.filter(({ accept }) => accept))
  t.test(`stored: ${file}`, async t => {
    const folder = join(t.testdir({}), 'matrices')
    const bytes = fixture(file)
    const store = await MatrixStore.open(folder)
    const id = createHash('sha256').update(bytes).digest('hex')
    for (const chunkBytes of [bytes.length < 1000 ? 1 : 61, 127, 128, 129, 1e6]) {
      const matrix = await put(store, bytes, chunkBytes)
      t.match(matrix, { id, bytes: bytes.length })
      t.strictSame(matrix.shape, shape)
    }
    t.strictSame(readdirSync(folder), [`${id}.npy`])
    t.ok(readFileSync(join(folder, `${id}.npy`)).equals(bytes))
    t.equal(store.get(id).path, join(folder, `${id}.npy`))
    t.equal(store.get(id).header.dataOffset + store.get(id).header.dataBytes, bytes.length)
    await store.close()
  })

for (const { file } of fixtures.filter(({ accept }) => !accept))
  t.test(`refused: ${file}`, async t => {
    const folder = t.testdir({})
    const store = await MatrixStore.open(folder)
    for (const chunkBytes of [61, 128, 1e6])
      await t.rejects(put(store, fixture(file), chunkBytes, 1e9), {
        code: /GEMMESH_(NPY_INVALID|DTYPE_UNSUPPORTED|DIMENSIONS_UNSUPPORTED)/,
        message: /^the uploaded file: /,
      })
    t.strictSame(readdirSync(folder), [], 'nothing is left')
    t.strictSame(store.list(), [])
  })

t.test('what is wrong is refused as soon as it is known', async t => {
  const kind = { dtype: 'float64', rows: 200, columns: 100 } as const
  const file = makeNpy(kind, patternBytes(kind))
  const trailing = Buffer.concat([file, Buffer.alloc(100_000)])
  const dataOffset = file.length - 160_000
  const early: readonly [story: string, bytes: Buffer, limit: number, code: string, takenBytes: number][] = [
    ['magic', Buffer.concat([Buffer.from('x'), file]), 1e6, 'GEMMESH_NPY_INVALID', 10],
    [
      'dtype',
      Buffer.from(file.toString('latin1').replace('<f8', '<c8'), 'latin1'),
      1e6,
      'GEMMESH_DTYPE_UNSUPPORTED',
      dataOffset,
    ],
    ['announced length', file, file.length - 1, 'GEMMESH_UPLOAD_TOO_LARGE', dataOffset],
    ['bytes after the data', trailing, 1e6, 'GEMMESH_NPY_INVALID', file.length],
  ]
  const store = await MatrixStore.open(t.testdir({}))
  for (const [story, bytes, limit, code, takenBytes] of early) {
    const { stream, state } = arriving(bytes, 10)
    await t.rejects(store.put(stream, limit), { code }, story)
    t.ok(state.taken <= takenBytes + 10, `${story}: ${state.taken} bytes taken`)
    t.ok(state.ended, 'the stream is not left open')
  }
  await t.rejects(put(store, file, 10, 5), { code: 'GEMMESH_UPLOAD_TOO_LARGE', message: /more than 5 bytes/ })
  t.match(await put(store, file, 10, file.length), { bytes: file.length }, 'exactly the limit')
})

t.test('a connection that breaks leaves nothing, and its error is its own', async t => {
  const folder = t.testdir({})
  const store = await MatrixStore.open(folder)
  const broken = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })
  async function* stream() {
    yield fixture('a-f64.npy').subarray(0, 5000)
    throw broken
  }
  t.equal(await store.put(stream(), limitBytes).catch((error: unknown) => error), broken)
  t.strictSame(readdirSync(folder), [])
})

t.test('a Node stream that is refused may live on', async t => {
  const store = await MatrixStore.open(t.testdir({}))
  const request = Readable.from([fixture('bad-magic.npy'), Buffer.from('more')])
  await t.rejects(store.put(request.iterator({ destroyOnReturn: false }), limitBytes), {
    code: 'GEMMESH_NPY_INVALID',
  })
  t.equal(request.destroyed, false)
})

t.test('the same file many times at once', async t => {
  const folder = t.testdir({})
  const store = await MatrixStore.open(folder)
  const stored = await Promise.all(
    Array.from({ length: 5 }, (_, index) => put(store, fixture('a-f64.npy'), 100 + index)),
  )
  t.equal(new Set(stored.map(({ id }) => id)).size, 1)
  t.equal(readdirSync(folder).length, 1)
  t.equal(store.list().length, 1)
})

t.test('a restart finds what was stored, and clears what was not', async t => {
  const folder = t.testdir({})
  const first = await MatrixStore.open(folder)
  const kept = [await put(first, fixture('a-f64.npy')), await put(first, fixture('vector-f64.npy'))]
  const damaged = await put(first, fixture('b-f64.npy'))
  await first.close()
  truncateSync(first.get(damaged.id).path, 1000)
  writeFileSync(join(folder, 'upload-0123456789abcdef.partial'), 'cut off')
  writeFileSync(join(folder, 'notes.npy'), 'not of the store')

  const second = await MatrixStore.open(folder)
  const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1)
  t.strictSame(second.list().sort(byId), kept.sort(byId))
  t.notOk(readdirSync(folder).some(name => name.endsWith('.partial')))
  t.ok(readdirSync(folder).includes('notes.npy'), 'other files are left alone')
  t.throws(() => second.get(damaged.id), { code: 'GEMMESH_MATRIX_UNKNOWN' }, 'a damaged file is not offered')
  await put(second, fixture('b-f64.npy'))
  t.equal(statSync(second.get(damaged.id).path).size, damaged.bytes, 'and is stored anew')
  await second.close()
})

t.test('an unknown id', async t => {
  const store = await MatrixStore.open(t.testdir({}))
  for (const id of ['', '../../etc/passwd', 'f'.repeat(64), 'x'.repeat(10_000)]) {
    t.throws(() => store.get(id), { code: 'GEMMESH_MATRIX_UNKNOWN', message: /0 are stored\. Upload/ })
    t.throws(() => store.reader(id), { code: 'GEMMESH_MATRIX_UNKNOWN' })
  }
})

t.test('rectangles of more matrices than files are kept open', async t => {
  const store = await MatrixStore.open(t.testdir({}))
  const kinds = Array.from(
    { length: 80 },
    (_, index) => ({ dtype: 'int32', rows: 20, columns: index + 1 }) as const,
  )
  const ids = await Promise.all(
    kinds.map(
      async kind => (await put(store, makeNpy({ ...kind, fortranOrder: true }, patternBytes(kind)))).id,
    ),
  )
  for (let round = 0; round < 2; round++) {
    const right = await Promise.all(
      kinds.map(async (kind, index) => {
        const reader = store.reader(ids[index] ?? '')
        t.equal(reader.header.columns, kind.columns)
        const rectangle = { row: 3, column: 0, rows: 5, columns: kind.columns }
        const target = Buffer.alloc(20 * kind.columns)
        await reader.read(rectangle, target)
        return target.equals(cut(patternBytes(kind), kind, rectangle))
      }),
    )
    t.ok(right.every(Boolean))
  }
  await store.close()
  const [kind] = kinds
  const target = new Uint8Array(80)
  if (kind !== undefined) await store.reader(ids[0] ?? '').read(whole(kind), target)
  await store.close()
})

t.test('a matrix whose file was removed', async t => {
  const store = await MatrixStore.open(t.testdir({}))
  const { id } = await put(store, fixture('one-f64.npy'))
  rmSync(store.get(id).path)
  const rectangle = { row: 0, column: 0, rows: 1, columns: 1 }
  await t.rejects(store.reader(id).read(rectangle, new Uint8Array(8)), { code: 'GEMMESH_FILE_UNREADABLE' })
  await put(store, fixture('one-f64.npy'))
  await store.reader(id).read(rectangle, new Uint8Array(8))
  t.ok(statSync(store.get(id).path).isFile(), 'stored once more, it is there')
  await store.close()
})
