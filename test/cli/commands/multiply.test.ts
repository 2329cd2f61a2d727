/** `gemmesh multiply` as its user meets it: on this machine and on a cluster. */
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { LocalCluster } from '../../integration/local-cluster.ts'
import { errorRatio, load, naive, save, smallIntegers, uniform } from '../../integration/matrices.ts'
import { fixture, gemmesh } from '../run-gemmesh.ts'

const folder = t.testdir({})
const at = (name: string): string => join(folder, name)

const wide = smallIntegers(1, 'int32', [4, 5])
const tall = smallIntegers(2, 'int32', [5, 3])
const files = { wide: await save(at('wide.npy'), wide), tall: await save(at('tall.npy'), tall) }

/** As showMatrix has it. */
const shown = /^\[\[.+\]\n(?: \[.+\]\n)*(?: \[.+\])\]\n$/

t.test('on this machine', async t => {
  const output = at('local.npy')
  const { exit, stdout, stderr } = await gemmesh([
    'multiply',
    fixture('a-f64.npy'),
    fixture('b-f64.npy'),
    '-o',
    output,
  ])
  t.equal(exit, 0, stderr)
  t.match(stdout, /local\.npy: float64 37x29, the product of 37x53 and 53x29\n.*GFLOPS/)
  t.ok(errorRatio((await load(output)).data, (await load(fixture('c-f64.npy'))).data, 53, 'float64') <= 1)
})

t.test('a small result without an output is shown, and nothing is written', async t => {
  const before = readdirSync(folder)
  const { exit, stdout } = await gemmesh(['multiply', files.wide, files.tall])
  t.equal(exit, 0)
  t.match(stdout, shown)
  t.strictSame(stdout.match(/-?\d+/g)?.map(Number), [...naive(wide, tall)])
  t.strictSame(readdirSync(folder), before)
})

t.test('a larger one is not shown, which is said', async t => {
  const { exit, stdout } = await gemmesh(['multiply', fixture('a-f64.npy'), fixture('b-f64.npy')])
  t.equal(exit, 0)
  t.match(stdout, /not written.*-o C\.npy/)
})

t.test('--quiet says nothing but a shown result', async t => {
  const written = await gemmesh(['multiply', files.wide, files.tall, '-o', at('quiet.npy'), '--quiet'])
  t.match(written, { exit: 0, stdout: '', stderr: '' })
  const kept = await gemmesh(['multiply', files.wide, files.tall], { GEMMESH_QUIET: '1' })
  t.equal(kept.stderr, '')
  t.match(kept.stdout, shown)
  const { records } = await gemmesh(['multiply', files.wide, files.tall, '--quiet', '--json'])
  t.strictSame(
    records.map(({ type }) => type),
    ['result'],
  )
})

t.test('--json: each line is a record, the last one the result', async t => {
  const { exit, stderr, records } = await gemmesh([
    'multiply',
    files.wide,
    files.tall,
    '--json',
    '--threads',
    '1',
  ])
  t.equal(exit, 0)
  t.equal(stderr, '')
  const result = records.at(-1)
  t.match(result, {
    type: 'result',
    dtype: 'int32',
    shape: [4, 3],
    product: [4, 3, 5],
    threads: 1,
    output: null,
  })
  t.strictSame(result?.values, [...naive(wide, tall)])
})

t.test('--semiring', async t => {
  const output = at('d2.npy')
  const edges = fixture('d-f32-graph.npy')
  const { exit, stderr } = await gemmesh(['multiply', edges, edges, '--semiring', 'min-plus', '-o', output])
  t.equal(exit, 0, stderr)
  t.strictSame((await load(output)).data, (await load(fixture('d2-f32-graph.npy'))).data)
  const unknown = await gemmesh(['multiply', edges, edges, '--semiring', 'plus-min'])
  t.equal(unknown.exit, 2)
  t.match(unknown.stderr, /plus-min.*min-plus/)
  const factor = await gemmesh(['multiply', edges, edges, '--semiring', 'min-plus', '--alpha', '2'])
  t.equal(factor.exit, 2)
  t.match(factor.stderr, /GEMMESH_USAGE: alpha is 2 .*min-plus has no factors/)
})

t.test('more than two matrices', async t => {
  const output = at('chain.npy')
  const chain = [files.wide, files.tall, await save(at('last.npy'), smallIntegers(3, 'int32', [3, 1]))]
  const { exit, stdout, stderr } = await gemmesh(['multiply', ...chain, '--alpha', '2', '-o', output])
  t.equal(exit, 0, stderr)
  t.match(stdout, /chain\.npy: int32 4x1, the product \(A1\*\(A2\*A3\)\)\n/)
  const last = naive(tall, smallIntegers(3, 'int32', [3, 1]))
  const wanted = naive(wide, { dtype: 'int32', shape: [5, 1], data: last }, { alpha: 2 })
  t.same((await load(output)).data, wanted)
  for (const [words, message] of [
    [['--trans-a'], /files that are/],
    [['--master', 'http://127.0.0.1:9'], /two matrices at a time/],
  ] as const) {
    const refused = await gemmesh(['multiply', ...chain, ...words])
    t.equal(refused.exit, 2)
    t.match(refused.stderr, message)
  }
})

t.test('another algorithm is for this machine, and for bits that may differ', async t => {
  const { exit, stderr } = await gemmesh(['multiply', files.wide, files.tall, '--algorithm', 'strassen'])
  t.equal(exit, 0, stderr)
  for (const [words, message] of [
    [['--reproducible'], /an order of its own/],
    [['--master', 'http://127.0.0.1:9'], /on this machine/],
  ] as const) {
    const refused = await gemmesh([
      ...['multiply', files.wide, files.tall, '--algorithm', 'strassen'],
      ...words,
    ])
    t.equal(refused.exit, 2)
    t.match(refused.stderr, message)
  }
})

t.test('--verify checks each tile, and says what came of it', async t => {
  const checksOf = async (...words: string[]) => {
    const { records } = await gemmesh(['multiply', ...words, '--json'])
    return records.at(-1)?.checks
  }
  const words = [fixture('a-f64.npy'), fixture('b-f64.npy'), '--verify']
  const { exit, stdout, stderr } = await gemmesh(['multiply', ...words, '-o', at('verified.npy')])
  t.equal(exit, 0, stderr)
  t.match(stdout, /\nchecked 1 tile: the largest residual is \d.* % of what rounding may do\n$/)
  t.match(await checksOf(...words), { method: 'real', tiles: 1, rowsUnchecked: 0 })
  t.match(await checksOf(files.wide, files.tall, '--verify'), { method: 'modular', tiles: 1, worst: 0 })
  t.equal(await checksOf(files.wide, files.tall, '--no-verify'), undefined)
  const square = await save(at('square.npy'), smallIntegers(3, 'int32', [3, 3]))
  t.match(await checksOf(files.wide, files.tall, square, '--verify'), { tiles: 2 }, 'all products of a chain')
  const refused = await gemmesh(['multiply', ...words, '--algorithm', 'strassen'])
  t.equal(refused.exit, 2)
  t.match(refused.stderr, /no bound for the roundings of --algorithm strassen/)
})

t.test('the environment says what no flag says', async t => {
  const { records } = await gemmesh(['multiply', files.wide, files.tall, '--threads', '2'], {
    GEMMESH_JSON: '1',
    GEMMESH_THREADS: '1',
    GEMMESH_CONFIG: '',
  })
  t.match(records.at(-1), { type: 'result', threads: 2 })
  const wrong = await gemmesh(['multiply', files.wide, files.tall], { GEMMESH_THREADS: 'many' })
  t.equal(wrong.exit, 2)
  t.match(wrong.stderr, /^error GEMMESH_USAGE: .*GEMMESH_THREADS/)
})

t.test('on a cluster', async t => {
  const { cluster } = await LocalCluster.start(t, {})
  const config = at('cluster.json')
  const { assign, combine, slaves } = cluster.configuration
  writeFileSync(config, JSON.stringify({ 'master-assign': assign, 'master-combine': combine, slaves }))
  const a = uniform(1, 'float32', [300, 200])
  const b = uniform(2, 'float32', [250, 200])
  const added = uniform(3, 'float32', [300, 250])
  const words = [
    ...['multiply', await save(at('a.npy'), a), await save(at('b.npy'), b), '--trans-b', '--alpha', '0.5'],
    ...['--add', await save(at('added.npy'), added), '--beta', '-2'],
  ]
  const wanted = naive(a, b, { transB: true, alpha: 0.5, added, beta: -2 })

  await t.test('by its configuration: plan, figures, the result as a file', async t => {
    const { exit, stdout, stderr } = await gemmesh([...words, '--config', config, '-o', at('c.npy')])
    t.equal(exit, 0, stderr)
    for (const name of ['gamma', 'delta', 'epsilon']) t.match(stdout, name)
    t.match(stdout, /plan: \d+ work units?/)
    t.match(stdout, /c\.npy: float32 300x250.*\n.*GFLOPS/)
    t.ok(errorRatio((await load(at('c.npy'))).data, wanted, 200, 'float32') <= 1)
  })

  await t.test('by its address, with --json', async t => {
    const { exit, records } = await gemmesh([
      ...words,
      '--master',
      cluster.origin,
      '-o',
      at('d.npy'),
      '--json',
    ])
    t.equal(exit, 0)
    t.match(
      records.find(({ type }) => type === 'plan'),
      { shares: [{ slave: 'gamma' }, { slave: 'delta' }, { slave: 'epsilon' }] },
    )
    t.match(records.at(-1), { type: 'result', state: 'done', dtype: 'float32', resultShape: [300, 250] })
    // Not the bits of the first run: another slave, with another variant, may have computed a tile.
    t.ok(errorRatio((await load(at('d.npy'))).data, wanted, 200, 'float32') <= 1)
  })

  await t.test('a file that is both operands is uploaded once', async t => {
    const square = await save(at('square.npy'), smallIntegers(4, 'int32', [40, 40]))
    const { exit, records } = await gemmesh([
      'multiply',
      square,
      square,
      '--master',
      cluster.origin,
      '--json',
    ])
    t.equal(exit, 0)
    t.equal(
      new Set(records.filter(({ phase }) => String(phase).startsWith('upload')).map(({ phase }) => phase))
        .size,
      1,
    )
  })

  await t.test('--semiring', async t => {
    const edges = fixture('d-f32-graph.npy')
    const words = ['multiply', edges, edges, '--semiring', 'min-plus', '-o', at('paths.npy')]
    const { exit, stderr } = await gemmesh([...words, '--master', cluster.origin])
    t.equal(exit, 0, stderr)
    t.strictSame((await load(at('paths.npy'))).data, (await load(fixture('d2-f32-graph.npy'))).data)
  })

  await t.test('a small result without an output is shown', async t => {
    const { exit, stdout, stderr } = await gemmesh([
      'multiply',
      files.wide,
      files.tall,
      '--master',
      cluster.origin,
    ])
    t.equal(exit, 0, stderr)
    t.match(stdout, shown)
    t.strictSame(stdout.match(/-?\d+/g)?.map(Number), [...naive(wide, tall)])
    t.match(stderr, 'plan: 1 work unit', 'plan and figures are notes then')
  })

  await t.test('vectors', async t => {
    const vector = smallIntegers(5, 'int32', [5])
    const words = ['multiply', files.wide, await save(at('vector.npy'), vector), '-o', at('v.npy')]
    const { exit, stderr } = await gemmesh([...words, '--master', cluster.origin])
    t.equal(exit, 0, stderr)
    t.strictSame(await load(at('v.npy')), {
      dtype: 'int32',
      shape: [4],
      data: naive(wide, { ...vector, shape: [5, 1] }),
    })
  })
})
