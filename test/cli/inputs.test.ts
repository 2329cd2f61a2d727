import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { fixture, gemmesh } from './run-gemmesh.ts'

t.test('files of other kinds, in and out', async t => {
  const folder = t.testdir({})
  const at = (name: string) => join(folder, name)
  writeFileSync(at('a.mtx'), '%%MatrixMarket matrix array integer general\n2 2\n1\n3\n2\n4\n')
  writeFileSync(at('b.csv'), '5,6\n7,8\n')
  const done = await gemmesh(['multiply', at('a.mtx'), at('b.csv'), '--dtype', 'int32', '-o', at('c.csv')])
  t.equal(done.exit, 0, done.stderr)
  t.equal(readFileSync(at('c.csv'), 'utf8'), '19,22\n43,50\n')
  const chain = await gemmesh(['multiply', at('b.csv'), at('b.csv'), at('b.csv'), '-o', at('c.mtx')])
  t.equal(chain.exit, 0, chain.stderr)
  t.match(readFileSync(at('c.mtx'), 'utf8'), /^%%MatrixMarket matrix array real general\n2 2\n881\n/)
  t.strictSame(readdirSync(folder).sort(), ['a.mtx', 'b.csv', 'c.csv', 'c.mtx'], 'nothing else stays')
})

t.test('what is wrong is said by the name that was given', async t => {
  const folder = t.testdir({ 'a.csv': '1,2\n3,4\n', 'b.csv': '1,2,3\n', 'c.csv': '1,2\n3,four\n' })
  const faults: readonly [files: string[], message: RegExp][] = [
    [['a.csv', 'c.csv'], /FORMAT_INVALID: .*\/c\.csv, line 2: field 2 is "four"/],
    [
      ['a.csv', `${fixture('two.npz')}:a`],
      /DTYPE_MISMATCH: .*\/a\.csv holds float64 but .*two\.npz:a holds float32/,
    ],
    [['a.csv', fixture('two.npz')], /FORMAT_INVALID: .*two\.npz: it has 2 members: a, b/],
  ]
  for (const [[a = '', b = ''], message] of faults) {
    const { exit, stderr } = await gemmesh([
      'multiply',
      join(folder, a),
      b.startsWith('/') ? b : join(folder, b),
    ])
    t.equal(exit, 2)
    t.match(stderr, message)
  }
})
