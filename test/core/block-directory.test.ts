import { test } from 'tap'
import { BlockDirectory, type Member, type Standing } from '../../src/core/block-directory.ts'

const block = { matrix: 'a', row: 1, column: 2 }
const member = (name: string, incarnation = 'first'): Member => ({ name, incarnation })

test('the first comes from the source, the others from those before, spread over them', t => {
  const directory = new BlockDirectory(() => 'well')
  const holders = ['s0', 's1', 's2', 's3', 's4', 's5', 's6', 's7'].map(
    name => directory.grant(member(name), block).holder,
  )
  t.strictSame(holders[0], undefined)
  t.equal(holders.filter(holder => holder === undefined).length, 1, 'it leaves the source once')
  const named = new Map<string | undefined, number>()
  for (const holder of holders) named.set(holder, (named.get(holder) ?? 0) + 1)
  t.ok(Math.max(...named.values()) <= 2, 'nobody gives it to all the others')
  t.equal(
    directory.grant(member('s0'), { ...block, column: 3 }).holder,
    undefined,
    'another block is another one',
  )
  t.equal(directory.size, 2)
  t.end()
})

test('nobody is sent to itself, nor to who asks later: tickets grow along every way', t => {
  const directory = new BlockDirectory(() => 'well')
  const first = directory.grant(member('gamma'), block)
  const second = directory.grant(member('delta'), block)
  t.strictSame([second.holder, second.ticket > first.ticket], ['gamma', true])
  // gamma has lost it, and asks again.
  const again = directory.grant(member('gamma'), block)
  t.strictSame([again.holder, again.ticket > second.ticket], ['delta', true])
  t.end()
})

test('who is gone, was started anew, or did not give the block is not named', t => {
  const present = new Map([
    ['gamma', 'first'],
    ['delta', 'first'],
  ])
  const directory = new BlockDirectory(({ name, incarnation }) =>
    present.get(name) === incarnation ? 'well' : 'gone',
  )
  directory.grant(member('gamma'), block)
  present.set('gamma', 'second')
  t.equal(directory.grant(member('delta'), block).holder, undefined, 'the process that had it is gone')
  t.equal(directory.grant(member('gamma', 'second'), block).holder, 'delta')
  directory.failed('delta', block)
  t.equal(directory.grant(member('epsilon'), block).holder, 'gamma')
  t.equal(directory.grant(member('zeta'), block).holder, 'gamma', 'epsilon is no member, and is not named')
  t.end()
})

test('who is silent is not named while it is, and not forgotten', t => {
  let gamma: Standing = 'well'
  const directory = new BlockDirectory(({ name }) => (name === 'gamma' ? gamma : 'well'))
  directory.grant(member('gamma'), block)
  gamma = 'silent'
  t.equal(directory.grant(member('delta'), block).holder, undefined)
  t.equal(directory.grant(member('epsilon'), block).holder, 'delta')
  gamma = 'well'
  t.equal(directory.grant(member('zeta'), block).holder, 'gamma', 'named least')
  t.end()
})

test('what is remembered is bounded: of the matrix that was not asked for longest first', t => {
  const directory = new BlockDirectory(() => 'well', { blocks: 3, holders: 2 })
  const ask = (name: string, matrix: string, row = 0) =>
    directory.grant(member(name), { matrix, row, column: 0 }).holder
  ask('gamma', 'a')
  ask('gamma', 'b', 0)
  ask('gamma', 'b', 1)
  ask('delta', 'a')
  ask('gamma', 'c')
  t.equal(directory.size, 3)
  t.equal(ask('delta', 'b', 0), undefined, 'forgotten')
  t.ok(ask('epsilon', 'c'), 'still known')
  for (const name of ['s1', 's2', 's3', 's4', 's5']) t.ok(ask(name, 'c'))
  t.end()
})
