/** What bad input gets: a coded error that says what is wrong and what helps, an exit code, and no output file. */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { save, smallIntegers } from '../integration/matrices.ts'
import { fixture, gemmesh, gemmeshAll } from './run-gemmesh.ts'

interface Case {
  readonly words: readonly string[]
  readonly code: string
  readonly exit: number
  /** What the message has to say. */
  readonly says: readonly (string | RegExp)[]
}

interface Fixture {
  readonly file: string
  readonly accept: boolean
}

const folder = t.testdir({
  'folder.npy': {},
  'text.npy': 'not a matrix',
  'broken.json': '{ "master-assign": ',
})
const at = (name: string) => join(folder, name)
const output = at('out.npy')
const fixtures: readonly Fixture[] = JSON.parse(readFileSync(fixture('fixtures.json'), 'utf8'))
const a = fixture('a-f64.npy')
const b = fixture('b-f64.npy')
const multiply = (...words: string[]) => ['multiply', ...words, '-o', output]

const badFixture: Readonly<Record<string, readonly [code: string, says: RegExp]>> = {
  'bad-truncated.npy': ['GEMMESH_NPY_INVALID', /bytes/],
  'bad-magic.npy': ['GEMMESH_NPY_INVALID', /magic|NUMPY/],
  'bad-trailing.npy': ['GEMMESH_NPY_INVALID', /bytes/],
  'bad-object.npy': ['GEMMESH_DTYPE_UNSUPPORTED', /object|pickle|\|O/],
  'bad-structured.npy': ['GEMMESH_DTYPE_UNSUPPORTED', /float32/],
  'bad-3d.npy': ['GEMMESH_DIMENSIONS_UNSUPPORTED', /3|dimensions/],
  'bad-header-length.npy': ['GEMMESH_NPY_INVALID', /header/],
  'bad-shape-huge.npy': ['GEMMESH_NPY_INVALID', /bytes/],
  'bad-empty.npy': ['GEMMESH_NPY_INVALID', /empty|bytes/],
  'bad-unicode.npy': ['GEMMESH_DTYPE_UNSUPPORTED', /float32/],
}

const files: readonly Case[] = [
  ...fixtures
    .filter(({ accept }) => !accept)
    .flatMap(({ file }): Case[] => {
      const [code, says] = badFixture[file] ?? ['a row in this table', /./]
      return [
        { words: multiply(fixture(file), b), code, exit: 2, says: [file, says] },
        { words: multiply(a, fixture(file)), code, exit: 2, says: [file, says] },
      ]
    }),
  {
    words: multiply(a, a),
    code: 'GEMMESH_SHAPE_MISMATCH',
    exit: 2,
    says: ['37x53', '(53, 37)', '--trans-b', '--trans-a'],
  },
  {
    words: multiply(a, b, '--trans-a'),
    code: 'GEMMESH_SHAPE_MISMATCH',
    exit: 2,
    says: ['(37, 53)', 'leaving out --trans-a'],
  },
  {
    words: multiply(fixture('a-f32.npy'), b),
    code: 'GEMMESH_DTYPE_MISMATCH',
    exit: 2,
    says: ['float32', 'float64', 'astype'],
  },
  { words: multiply(a, b, '--add', a), code: 'GEMMESH_SHAPE_MISMATCH', exit: 2, says: ['37x53', '37x29'] },
  {
    words: multiply(a, b, '--add', fixture('c-f32.npy')),
    code: 'GEMMESH_DTYPE_MISMATCH',
    exit: 2,
    says: ['c-f32.npy'],
  },
  { words: multiply(a, b, '--beta', '2'), code: 'GEMMESH_USAGE', exit: 2, says: ['--add'] },
  {
    words: multiply(fixture('a-i32.npy'), fixture('b-i32.npy'), '--alpha', '0.5'),
    code: 'GEMMESH_USAGE',
    exit: 2,
    says: ['0.5', 'int32'],
  },
  {
    words: multiply(at('absent.npy'), b),
    code: 'GEMMESH_FILE_UNREADABLE',
    exit: 2,
    says: ['absent.npy', /exist/],
  },
  { words: multiply(at('folder.npy'), b), code: 'GEMMESH_FILE_UNREADABLE', exit: 2, says: ['folder.npy'] },
  { words: multiply(at('text.npy'), b), code: 'GEMMESH_NPY_INVALID', exit: 2, says: ['text.npy'] },
  {
    words: ['multiply', a, b, '-o', at('absent/out.npy')],
    code: 'GEMMESH_OUTPUT_UNWRITABLE',
    exit: 2,
    says: ['does not exist', 'mkdir'],
  },
  {
    words: ['multiply', a, b, '-o', at('folder.npy')],
    code: 'GEMMESH_OUTPUT_UNWRITABLE',
    exit: 2,
    says: ['is a folder'],
  },
  {
    words: multiply(a, b, '--memory', '1MiB'),
    code: 'GEMMESH_MEMORY_EXCEEDED',
    exit: 2,
    says: ['1.00 MiB', '--memory'],
  },
  {
    words: multiply(a, b, '--config', fixture('config-ten-faults.json')),
    code: 'GEMMESH_CONFIG_INVALID',
    exit: 2,
    says: ['10 faults'],
  },
  {
    words: multiply(a, b, '--config', fixture('config-ten-faults.json'), '--master', 'http://127.0.0.1:1'),
    code: 'GEMMESH_USAGE',
    exit: 2,
    says: ['--config', '--master'],
  },
  {
    words: multiply(a, b, '--master', 'http://127.0.0.1:1', '--threads', '2'),
    code: 'GEMMESH_USAGE',
    exit: 2,
    says: ['--threads'],
  },
]

const usage: readonly Case[] = [
  { words: [], code: 'GEMMESH_USAGE', exit: 2, says: ['no command'] },
  {
    words: ['mutliply', a, b],
    code: 'GEMMESH_USAGE',
    exit: 2,
    says: ["'mutliply'", 'Did you mean multiply?'],
  },
  { words: ['multiply', a], code: 'GEMMESH_USAGE', exit: 2, says: ["'B'"] },
  { words: ['multiply', a, b, a], code: 'GEMMESH_SHAPE_MISMATCH', exit: 2, says: ['Matrix 3 of the chain'] },
  {
    words: multiply(a, b, '--trans-c'),
    code: 'GEMMESH_USAGE',
    exit: 2,
    says: ["'--trans-c'", 'Did you mean'],
  },
  { words: multiply(a, b, '--alpha', 'two'), code: 'GEMMESH_USAGE', exit: 2, says: ['--alpha', 'number'] },
  {
    words: multiply(a, b, '--threads', '0'),
    code: 'GEMMESH_USAGE',
    exit: 2,
    says: ['--threads', '1 or more'],
  },
  { words: multiply(a, b, '--memory', '3 apples'), code: 'GEMMESH_USAGE', exit: 2, says: ['512MiB'] },
  {
    words: multiply(a, b, '--master', 'alpha'),
    code: 'GEMMESH_USAGE',
    exit: 2,
    says: ['http://10.0.0.1:7710'],
  },
  // Without their values.
  ...['--semiring', '--dtype'].map(
    (flag): Case => ({ words: multiply(a, b, flag), code: 'GEMMESH_USAGE', exit: 2, says: [flag] }),
  ),
  { words: ['config', 'check'], code: 'GEMMESH_USAGE', exit: 2, says: ['GEMMESH_CONFIG'] },
  {
    words: ['config', 'check', at('absent.json')],
    code: 'GEMMESH_CONFIG_UNREADABLE',
    exit: 2,
    says: ['absent.json'],
  },
  {
    words: ['config', 'check', at('broken.json')],
    code: 'GEMMESH_CONFIG_UNREADABLE',
    exit: 2,
    says: [/broken\.json:\d+:\d+/],
  },
  { words: ['node'], code: 'GEMMESH_USAGE', exit: 2, says: ['--config'] },
  { words: ['demo', '--dtype', 'float16'], code: 'GEMMESH_USAGE', exit: 2, says: ['float32'] },
]

t.test('bad files, shapes, element types and outputs', async t => {
  await gemmeshAll(files, (one, outcome) => check(t, one, outcome))
  t.strictSame(
    readdirSync(folder).filter(name => name.includes('out')),
    [],
    'no output file is left, nor a part of one',
  )
})

t.test('wrong usage', async t => {
  await gemmeshAll(usage, (one, outcome) => check(t, one, outcome))
})

t.test('with --json the last line of stdout is the error', async t => {
  const { exit, stderr, records } = await gemmesh([...multiply(a, a), '--json'])
  t.equal(exit, 2)
  t.match(records.at(-1), {
    type: 'error',
    code: 'GEMMESH_SHAPE_MISMATCH',
    exit: 2,
    retryable: false,
    faults: [],
  })
  t.match(stderr, /^error GEMMESH_SHAPE_MISMATCH: /)
})

t.test('a configuration with ten faults: all ten are reported, each once', async t => {
  const { exit, stderr, records } = await gemmesh([
    'config',
    'check',
    fixture('config-ten-faults.json'),
    '--json',
  ])
  t.equal(exit, 2)
  t.equal(stderr.trim().split('\n').length, 11)
  const faults: unknown = records.at(-1)?.faults
  t.ok(Array.isArray(faults) && faults.length === 10)
})

t.test('a node that is not in the file', async t => {
  const { exit, stderr } = await gemmesh(['node', '--config', await clusterFile(1), '--name', 'omega'])
  t.equal(exit, 2)
  t.match(stderr, /^error GEMMESH_NODE_UNKNOWN: .*omega.*alpha/)
})

t.test('a mode that the file contradicts', async t => {
  const { exit, stderr } = await gemmesh([
    'node',
    '--config',
    await clusterFile(1),
    '--name',
    'gamma',
    '--mode',
    'assign',
  ])
  t.equal(exit, 2)
  t.match(stderr, /^error GEMMESH_MODE_CONFLICT: /)
})

t.test('a port that is taken', async t => {
  const server = await listening()
  t.teardown(() => server.close())
  const words = [
    'node',
    '--config',
    await clusterFile(portOf(server)),
    '--name',
    'alpha',
    '--data',
    at('data'),
  ]
  const { exit, stderr } = await gemmesh(words)
  t.equal(exit, 2)
  t.match(stderr, new RegExp(`error GEMMESH_PORT_TAKEN: .*127\\.0\\.0\\.1:${portOf(server)}`))
})

t.test('a master that is not there: said at once, with the command that starts it', async t => {
  const server = await listening()
  const config = await clusterFile(portOf(server))
  const origin = `http://127.0.0.1:${portOf(server)}`
  await new Promise(done => server.close(done))
  const byFile = await gemmesh(multiply(a, b, '--config', config))
  t.equal(byFile.exit, 3)
  t.match(
    byFile.stderr,
    new RegExp(`^error GEMMESH_MASTER_UNREACHABLE: .*${origin}.*gemmesh node --config \\S+ --name alpha`),
  )
  const byAddress = await gemmesh(multiply(a, b, '--master', origin))
  t.equal(byAddress.exit, 3)
  t.match(byAddress.stderr, new RegExp(`^error GEMMESH_MASTER_UNREACHABLE: .*${origin}`))
  t.notOk(readdirSync(folder).some(name => name.includes('out')))
})

t.test('bad files are refused before the master is asked', async t => {
  const tall = await save(at('tall.npy'), smallIntegers(1, 'float64', [7, 3]))
  const { exit, stderr } = await gemmesh(multiply(a, tall, '--master', 'http://127.0.0.1:1'))
  t.equal(exit, 2)
  t.match(stderr, /^error GEMMESH_SHAPE_MISMATCH/)
})

function check(
  t: Test,
  { words, code, exit, says }: Case,
  outcome: Awaited<ReturnType<typeof gemmesh>>,
): void {
  const name = words.map(word => word.split('/').at(-1)).join(' ')
  t.equal(outcome.exit, exit, `${name}: exit code`)
  t.match(outcome.stderr, new RegExp(`^(Usage[^]*\\n)?error ${code}: `), `${name}: ${outcome.stderr}`)
  for (const what of says) t.match(outcome.stderr, what, `${name}: says ${what}`)
  t.equal(outcome.stdout, '', `${name}: nothing on stdout`)
}

async function listening(): Promise<Server> {
  const server = createServer()
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  return server
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

async function clusterFile(port: number): Promise<string> {
  const path = at(`cluster-${port}.json`)
  const file = {
    'master-assign': { name: 'alpha', ip: '127.0.0.1', port },
    'master-combine': { name: 'beta', ip: '127.0.0.2', port },
    slaves: [{ name: 'gamma', ip: '127.0.0.3', port, performance: 1 }],
  }
  writeFileSync(path, JSON.stringify(file))
  return path
}
