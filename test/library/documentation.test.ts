/** Every example of docs/LIBRARY.md, as it stands there, prints what its comments say. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import t from 'tap'
import * as library from '../../src/index.ts'

const root = new URL('../../', import.meta.url)
const page = readFileSync(new URL('docs/LIBRARY.md', root), 'utf8')
const examples = [...page.matchAll(/```js\n(.*?)```/gs)].map(([, code = '']) => code)

t.test('examples', async t => {
  t.ok(examples.length >= 4)
  for (const example of examples) {
    const program = example.replaceAll("from 'gemmesh'", "from './src/index.ts'")
    const wanted = [...example.matchAll(/console\.log\(.*\) \/\/ (.*)/g)].map(([, output]) => output)
    t.ok(wanted.length > 0)
    const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1' },
    })
    t.equal(status, 0, stderr)
    t.strictSame(stdout.trimEnd().split('\n'), wanted)
  }
})

t.test('every function is documented', async t => {
  for (const name of Object.keys(library)) {
    if (name !== 'GemmeshError') t.ok(page.includes(`\`${name}(`), name)
  }
})
