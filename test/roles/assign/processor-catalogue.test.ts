import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { ProcessorCatalogue } from '../../../src/roles/assign/processor-catalogue.ts'

t.test('a module that is read again is not kept twice, one that was rebuilt is another', async t => {
  const folder = t.testdir({ 'baseline.wasm': 'one', 'wide.wasm': 'two' })
  const catalogue = new ProcessorCatalogue(pathToFileURL(`${folder}/`))
  const [baseline, wide] = await catalogue.read()
  await writeFile(join(folder, 'wide.wasm'), 'three')
  const [sameBaseline, rebuilt] = await catalogue.read()
  t.equal(sameBaseline, baseline)
  t.not(rebuilt?.sha256, wide?.sha256)
  t.equal(String(catalogue.bytes(wide?.sha256 ?? '')), String(Buffer.from('two').join()), 'is still served')
  t.strictSame(catalogue.current, [baseline, rebuilt])
})
