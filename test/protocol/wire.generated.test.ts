import { spawnSync } from 'node:child_process'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'

const root = fileURLToPath(new URL('../..', import.meta.url))
const check = (folder: string) =>
  spawnSync(process.execPath, [join(folder, 'scripts/build-protocol.mjs'), '--check'], { encoding: 'utf8', cwd: folder })

t.test('the committed codec is what wire.proto gives', async t => {
  const { status, stderr } = check(root)
  t.equal(status, 0, stderr)
})

t.test('a stale codec is reported with its first difference', async t => {
  const copy = t.testdir({
    src: {},
    scripts: {},
    node_modules: t.fixture('symlink', join(root, 'node_modules')),
  })
  cpSync(join(root, 'src/protocol'), join(copy, 'src/protocol'), { recursive: true })
  cpSync(join(root, 'scripts/build-protocol.mjs'), join(copy, 'scripts/build-protocol.mjs'))
  const file = join(copy, 'src/protocol/wire.proto')
  writeFileSync(file, readFileSync(file, 'utf8').replace('uint64 k = 4;', 'uint64 depth = 4;'))
  const { status, stderr } = check(copy)
  t.equal(status, 1)
  t.match(stderr, /wire\.generated\.js is stale, line \d+: found `.*`, wire\.proto gives `.*`\. Run: npm run build:protocol/)
})
