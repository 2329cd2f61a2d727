import t from 'tap'
import { systems } from '../../bench/systems.ts'

t.test('who cannot be started says why', async t => {
  const command = (name: string, options = {}) =>
    systems(options)
      .find(system => system.name === name)
      ?.command(2)
  t.match(command('pool'), { file: process.execPath, args: [/ours\.ts$/, 'pool', '2'] })
  t.match(command('kernel', { variant: 'baseline' }), { args: [/ours\.ts$/, 'kernel', '2', 'baseline'] })
  t.match(command('library', { variant: 'baseline' }), /chooses its processor itself/)
  t.match(command('numpy', { python: '/nowhere/python' }), /no Python with NumPy/)
  t.match(command('numpy-expression', { python: '/nowhere/python' }), /no Python with NumPy/)
})

t.test('names are given once, and slow systems have one thread', async t => {
  const all = systems({})
  t.equal(new Set(all.map(({ name }) => name)).size, all.length)
  t.strictSame(
    all.filter(({ slow, threaded }) => slow && threaded),
    [],
  )
})
