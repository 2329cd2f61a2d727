import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'

const script = (name: string) => fileURLToPath(new URL(`../../scripts/${name}`, import.meta.url))
const installed = (name: string) => readFileSync(new URL(`../../processors/${name}`, import.meta.url))

t.test('assembly/generated is what the table says', async t => {
  const { status, stderr } = spawnSync(process.execPath, [script('generate-kernels.mjs'), '--check'])
  t.equal(status, 0, stderr.toString())
})

t.test('a processor is a function of the source: building it again gives the same bytes', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'gemmesh-processors-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const { status, stderr } = spawnSync(process.execPath, [script('build-processors.mjs'), folder])
  t.equal(status, 0, stderr.toString())
  for (const name of ['wide.wasm', 'fma.wasm', 'baseline.wasm', 'check/check.wasm']) {
    t.ok(readFileSync(join(folder, name)).equals(installed(name)), name)
  }
})
