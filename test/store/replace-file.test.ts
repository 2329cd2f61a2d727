import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { replaceFile } from '../../src/store/replace-file.ts'

t.test('the new text takes the place of the old one, for its owner alone', async t => {
  const folder = t.testdir({ file: 'old' })
  const path = join(folder, 'file')
  await replaceFile(path, 'new')
  t.equal(await readFile(path, 'utf8'), 'new')
  t.equal((await stat(path)).mode & 0o777, 0o600)
  t.strictSame(await readdir(folder), ['file'])
})

t.test('what cannot be replaced stays, and nothing half-written does', async t => {
  const folder = t.testdir({ file: { inner: 'a folder in its place' } })
  await t.rejects(replaceFile(join(folder, 'file'), 'new'), { code: 'GEMMESH_OUTPUT_UNWRITABLE' })
  t.strictSame(await readdir(folder), ['file'])
  await t.rejects(replaceFile(join(folder, 'nowhere', 'file'), 'new'), { code: 'GEMMESH_OUTPUT_UNWRITABLE' })
})
