import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { MatrixStore } from '../../src/store/matrices.ts'
import type { Collected } from '../../src/store/retention.ts'
import { fixture } from '../cli/run-gemmesh.ts'
import { makeNpy, patternBytes } from '../formats/make-npy.ts'

const kind = { dtype: 'float64', rows: 300, columns: 50 } as const
const file = makeNpy(kind, patternBytes(kind))
const id = createHash('sha256').update(file).digest('hex')
const limit = 1e6

/** Bytes of `file`; at `cutAt` the connection fails. */
function arriving(from: number, cutAt = file.length, bytes = file) {
  async function* chunks() {
    for (let at = from; at < cutAt; at += 1000) yield bytes.subarray(at, Math.min(at + 1000, cutAt))
    if (cutAt < bytes.length) throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' })
  }
  return { bytes: chunks(), stop: () => {} }
}

t.test('an upload that is cut goes on, in this store and in the next', async t => {
  const folder = t.testdir({})
  const store = await MatrixStore.open(folder)
  const upload = await store.beginUpload({})
  t.equal(await store.uploadOffset(upload), 0)
  await t.rejects(store.appendUpload(upload, 0, arriving(0, 70_500), limit), { code: 'ECONNRESET' })
  t.equal(await store.uploadOffset(upload), 70_500)
  await t.rejects(store.appendUpload(upload, 70_000, arriving(70_000), limit), {
    code: 'GEMMESH_UPLOAD_OFFSET',
    message: /has 70500 bytes, but these begin at 70000/,
  })
  const next = await MatrixStore.open(folder)
  t.equal(await next.uploadOffset(upload), 70_500)
  t.equal(await next.appendUpload(upload, 70_500, arriving(70_500), limit), file.length)
  t.match(await next.finishUpload(upload, limit), { id, shape: [300, 50], bytes: file.length })
  t.ok(readFileSync(join(folder, `${id}.npy`)).equals(file))
  t.strictSame(readdirSync(join(folder, 'uploads')), [])
  await t.rejects(next.uploadOffset(upload), { code: 'GEMMESH_UPLOAD_UNKNOWN' })
  await t.rejects(next.uploadOffset('../etc'), { code: 'GEMMESH_UPLOAD_UNKNOWN' })
})

t.test('what is not whole or not right at its end is refused; only the former may go on', async t => {
  const folder = t.testdir({})
  const store = await MatrixStore.open(folder)
  const short = await store.beginUpload({})
  await store.appendUpload(short, 0, arriving(0, 1000, file.subarray(0, 1000)), limit)
  await t.rejects(store.finishUpload(short, limit), {
    code: 'GEMMESH_NPY_INVALID',
    message: /bytes are missing/,
  })
  const wrong = await store.beginUpload({})
  const bad = readFileSync(fixture('bad-magic.npy'))
  await t.rejects(store.appendUpload(wrong, 0, arriving(0, bad.length, bad), limit), {
    code: 'GEMMESH_NPY_INVALID',
  })
  await t.rejects(store.uploadOffset(wrong), { code: 'GEMMESH_UPLOAD_UNKNOWN' })
  t.strictSame(readdirSync(join(folder, 'uploads')), [])
})

t.test('a request that comes while another is at the upload takes over', async t => {
  const store = await MatrixStore.open(t.testdir({}))
  const upload = await store.beginUpload({})
  const frozen = Promise.withResolvers<Uint8Array>()
  const written = Promise.withResolvers<void>()
  async function* chunks() {
    yield file.subarray(0, 500)
    written.resolve()
    yield await frozen.promise
  }
  const stop = () => frozen.reject(new Error('stopped'))
  const first = store.appendUpload(upload, 0, { bytes: chunks(), stop }, limit)
  first.catch(() => {})
  await written.promise
  const offset = await store.uploadOffset(upload)
  t.equal(offset, 500)
  await t.rejects(first, { message: 'stopped' })
  await store.appendUpload(upload, offset, arriving(offset), limit)
  t.match(await store.finishUpload(upload, limit), { id })
})

t.test('files of other kinds are converted when they are whole', async t => {
  const folder = t.testdir({})
  const store = await MatrixStore.open(folder)
  async function* of(bytes: Uint8Array) {
    for (let at = 0; at < bytes.length; at += 700) yield bytes.subarray(at, at + 700)
  }
  const member = await store.put(of(readFileSync(fixture('two.npz'))), limit, { member: 'a' })
  t.equal(
    member.id,
    createHash('sha256')
      .update(readFileSync(fixture('a-f32.npy')))
      .digest('hex'),
  )
  t.match(await store.put(of(Buffer.from('1,2\n3,4\n')), limit), { dtype: 'float64', shape: [2, 2] })
  t.match(await store.put(of(readFileSync(fixture('int8.npz'))), limit, { member: 'a' }), {
    dtype: 'int32',
    shape: [3, 2],
  })
  t.match(await store.put(of(Buffer.from('1,2\n3,4\n')), limit, { kind: 'csv', dtype: 'int32' }), {
    dtype: 'int32',
  })
  const market = '%%MatrixMarket matrix coordinate real general\n3 2 1\n1 1 5\n'
  t.match(await store.put(of(Buffer.from(market)), limit), { dtype: 'float64', shape: [3, 2] })
  await t.rejects(store.put(of(readFileSync(fixture('two.npz'))), limit), {
    code: 'GEMMESH_FORMAT_INVALID',
    message: /^the uploaded file: it has 2 members: a, b/,
  })
  await t.rejects(store.put(of(Buffer.from('1,2\n3,x\n')), limit), {
    code: 'GEMMESH_FORMAT_INVALID',
    message: /^the uploaded file, line 2/,
  })
  await t.rejects(store.put(of(readFileSync(fixture('two.npz'))), 9000, { member: 'a' }), {
    code: 'GEMMESH_UPLOAD_TOO_LARGE',
  })
  t.equal(readdirSync(folder).length, 5, 'nothing else is left')
})

t.test('matrices go by age and quota, those of jobs stay, and it is said', async t => {
  const folder = t.testdir({})
  let now = 1e12
  let used: string[] = []
  const said: Collected[] = []
  const options = {
    keeping: { ageMs: 10 * 3_600_000, quotaBytes: 2.5 * file.length },
    inUse: () => new Set(used),
    onCollected: (collected: Collected) => void said.push(collected),
    now: () => now,
  }
  const store = await MatrixStore.open(folder, options)
  const matrix = (seed: number) => {
    const bytes = Buffer.from(file)
    bytes.writeUInt32LE(seed, bytes.length - 4)
    return bytes
  }
  async function* one(seed: number) {
    yield matrix(seed)
  }
  const [a, b] = [await store.put(one(1), limit), await store.put(one(2), limit)]
  await t.rejects(
    store.put(one(3), limit),
    { code: 'GEMMESH_STORAGE_FULL', message: /the quota is .*matrix-quota/ },
    'both may be about to be used',
  )
  t.strictSame(said, [])
  now += 3_600_000
  used = [a.id]
  const c = await store.put(one(3), limit)
  t.strictSame(said, [{ files: 1, bytes: file.length }])
  t.throws(() => store.get(b.id), { code: 'GEMMESH_MATRIX_UNKNOWN' })
  t.notOk(existsSync(join(folder, `${b.id}.npy`)))
  t.ok(store.get(a.id), 'the least recently used of all, but a job needs it')
  now += 9.5 * 3_600_000
  store.get(c.id)
  used = []
  now += 3_600_000
  await store.collect()
  t.strictSame(
    store.list().map(({ id }) => id),
    [c.id],
    'its use kept it',
  )
  const next = await MatrixStore.open(folder, options)
  t.equal((await next.collect()).files, 0, 'the time of its use outlives the process')
})

t.test('uploads that nobody goes on with go after a day', async t => {
  const folder = t.testdir({})
  const store = await MatrixStore.open(folder)
  const [old, young] = [await store.beginUpload({}), await store.beginUpload({})]
  await t.rejects(store.appendUpload(old, 0, arriving(0, 5000), limit))
  const yesterday = Date.now() / 1000 - 25 * 3600
  utimesSync(join(folder, 'uploads', `${old}.partial`), yesterday, yesterday)
  t.strictSame(await store.collect(), { files: 1, bytes: 5000 })
  await t.rejects(store.uploadOffset(old), { code: 'GEMMESH_UPLOAD_UNKNOWN' })
  t.equal(await store.uploadOffset(young), 0)
  writeFileSync(join(folder, 'uploads', `${young}.json`), 'nonsense')
  await t.rejects((await MatrixStore.open(folder)).uploadOffset(young), { code: 'GEMMESH_UPLOAD_UNKNOWN' })
})
