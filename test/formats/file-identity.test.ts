import { renameSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { identifyFile, isThatFile } from '../../src/formats/file-identity.ts'

t.test('a file is itself until it is changed, replaced or gone', async t => {
  const folder = t.testdir({ a: 'one', b: 'one' })
  const path = join(folder, 'a')
  const first = await identifyFile(path)
  t.equal(first.bytes, 3)
  t.ok(await isThatFile(first))
  t.notOk(await isThatFile({ ...first, path: join(folder, 'b') }), 'the same content is another file')
  t.notOk(await isThatFile({ ...first, device: 'x' }), 'of another machine')

  utimesSync(path, 1, 1)
  const second = await identifyFile(path)
  t.notOk(await isThatFile(first), 'changed')
  t.ok(await isThatFile(second))
  writeFileSync(path, 'longer')
  utimesSync(path, 1, 1)
  t.notOk(await isThatFile(second), 'of another length')

  const third = await identifyFile(path)
  renameSync(path, join(folder, 'c'))
  t.notOk(await isThatFile(third), 'gone')
  await t.rejects(identifyFile(path), { code: 'GEMMESH_FILE_UNREADABLE' })
})
