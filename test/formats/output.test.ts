import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { createOutput } from '../../src/formats/output.ts'

const spec = { dtype: 'int32', rows: 2, columns: 2, dimensions: 2 } as const
const tile = { row: 0, column: 0, rows: 2, columns: 2 }
const data = Uint8Array.from({ length: 16 }, (_, index) => index)

t.test('the file is there when it is complete, and not before', async t => {
  const folder = t.testdir({})
  const path = join(folder, 'c.npy')
  const output = await createOutput(path, spec)
  await output.writer.write(tile, data)
  const [partial, ...others] = readdirSync(folder)
  t.match(partial, /^c\.npy\.[0-9a-f]{8}\.partial$/)
  t.strictSame(others, [])
  await output.commit()
  t.strictSame(readdirSync(folder), ['c.npy'])
  t.strictSame(Uint8Array.from(readFileSync(path).subarray(-16)), data)
  await output.discard()
  t.strictSame(readdirSync(folder), ['c.npy'], 'what is committed stays')
  await t.rejects(output.commit(), { code: 'GEMMESH_USAGE' })
})

t.test('nothing is left of what is discarded, and the old file stays', async t => {
  const folder = t.testdir({ 'c.npy': 'old' })
  const output = await createOutput(join(folder, 'c.npy'), spec)
  await output.writer.write(tile, data)
  await output.discard()
  await output.discard()
  t.strictSame(readdirSync(folder), ['c.npy'])
  t.equal(readFileSync(join(folder, 'c.npy'), 'utf8'), 'old')
})

t.test('an old file is replaced, through a link too', async t => {
  const folder = t.testdir({ 'c.npy': 'old', links: {} })
  const link = join(folder, 'links', 'link.npy')
  symlinkSync(join(folder, 'c.npy'), link)
  const output = await createOutput(link, spec)
  await output.commit()
  t.strictSame(readdirSync(join(folder, 'links')), ['link.npy'])
  t.equal(readFileSync(join(folder, 'c.npy')).length, output.writer.bytes)
})

t.test('two outputs of one name do not meet', async t => {
  const folder = t.testdir({})
  const outputs = await Promise.all([1, 2].map(() => createOutput(join(folder, 'c.npy'), spec)))
  t.equal(readdirSync(folder).length, 2)
  await Promise.all(outputs.map(output => output.commit()))
  t.strictSame(readdirSync(folder), ['c.npy'])
})

t.test('what cannot be written is refused before the work, with a remedy', async t => {
  const folder = t.testdir({ file: '', sub: {} })
  const refused: readonly [path: string, says: RegExp][] = [
    [join(folder, 'none', 'c.npy'), /the folder .*none does not exist\. Create it first: mkdir -p/],
    [join(folder, 'sub'), /sub: is a folder\. Name a file in it: .*sub[/\\]c\.npy/],
    [join(folder, 'file', 'c.npy'), /not a folder/],
    ['/dev/null', /is a pipe or a device/],
    [join(folder, 'c.npz'), /archives are read, not written\. Name a \.npy/],
    [join(folder, 'x'.repeat(300)), /too long/],
  ]
  for (const [path, message] of refused)
    await t.rejects(createOutput(path, spec), { code: 'GEMMESH_OUTPUT_UNWRITABLE', message })
  const huge = { ...spec, rows: 40_000_000, columns: 40_000_000 }
  await t.rejects(createOutput(join(folder, 'c.npy'), huge), { code: 'GEMMESH_STORAGE_FULL' })
  t.strictSame(readdirSync(folder).sort(), ['file', 'sub'], 'nothing is left behind')
})

const root = process.getuid?.() === 0
t.test('a folder that is not writable', { skip: root ? 'root may write anywhere' : false }, async t => {
  const folder = join(t.testdir({ sub: {} }), 'sub')
  chmodSync(folder, 0o500)
  await t.rejects(createOutput(join(folder, 'c.npy'), spec), {
    code: 'GEMMESH_OUTPUT_UNWRITABLE',
    message: /is not writable/,
  })
  chmodSync(folder, 0o700)
})

t.test('a commit that fails leaves nothing half-written', async t => {
  const folder = t.testdir({})
  const path = join(folder, 'c.npy')
  const output = await createOutput(path, spec)
  mkdirSync(join(path, 'inside'), { recursive: true })
  await t.rejects(output.commit(), { code: 'GEMMESH_OUTPUT_UNWRITABLE' })
  t.strictSame(readdirSync(folder), ['c.npy'])
  rmSync(path, { recursive: true })
})
