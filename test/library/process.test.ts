/** The library in processes of its users: of either module system, closed or not. */
import { spawnSync } from 'node:child_process'
import t from 'tap'

const root = new URL('../../', import.meta.url)

/** Runs a program to its end, which it has to find by itself. */
function run(program: string, type: 'commonjs' | 'module') {
  const { stdout, stderr, status } = spawnSync(process.execPath, [`--input-type=${type}`, '-e', program], {
    cwd: root,
    encoding: 'utf8',
  })
  return { stdout, stderr, status }
}

const load = {
  commonjs: `const gemmesh = require('./src/index.ts')`,
  module: `import * as gemmesh from './src/index.ts'`,
}

/** Large enough for all threads. */
const product = `
  const n = 400
  const a = gemmesh.matrix(new Float32Array(n * n).fill(1), [n, n])`

for (const type of ['commonjs', 'module'] as const) {
  t.test(`${type}: a program ends by itself`, async t => {
    for (const [name, ending] of [
      ['closed', 'gemmesh.close()'],
      ['not closed', ''],
    ] as const) {
      const program = `${load[type]}; ${product}
        gemmesh.multiply(a, a).then(c => { process.stdout.write(String(c.data[7])); ${ending} })`
      t.strictSame(run(program, type), { stdout: '400', stderr: '', status: 0 }, name)
    }
  })
}

t.test('a program ends by itself when an instance of its own is idle, closed, or never used', async t => {
  for (const [name, ending] of [
    ['idle', ''],
    ['closed', 'await mesh.close()'],
    [
      'closed by its scope',
      '{ await using other = gemmesh.createGemmesh({ threads: 2 }); await other.multiply(a, a) }',
    ],
    ['never used', 'gemmesh.createGemmesh().allocate([3, 3], "float32")'],
  ] as const) {
    const program = `${load.module}; ${product}
      const mesh = gemmesh.createGemmesh({ threads: 2, memory: 64 * 2 ** 20 })
      process.stdout.write(String((await mesh.multiply(a, a)).data[0]))
      ${ending}`
    t.strictSame(run(program, 'module'), { stdout: '400', stderr: '', status: 0 }, name)
  }
})

t.test('an error that is caught leaves nothing behind', async t => {
  const program = `${load.module}; ${product}
    const mesh = gemmesh.createGemmesh({ threads: 2, memory: 64 * 2 ** 20 })
    const controller = new AbortController()
    const big = gemmesh.matrix(new Float32Array(1500 * 1500), [1500, 1500])
    const stopped = mesh.multiply(big, big, { signal: controller.signal })
    setImmediate(() => controller.abort(new Error('enough')))
    await stopped.catch(error => process.stdout.write(error.message))`
  t.strictSame(run(program, 'module'), { stdout: 'enough', stderr: '', status: 0 })
})
