import t from 'tap'
import { GroupCommit } from '../../../src/store/journal/group-commit.ts'

t.test('while one group is committed the next one gathers', async t => {
  const groups: string[][] = []
  const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const group = new GroupCommit<string>(items => {
    groups.push([...items])
    return gates[groups.length - 1]?.promise ?? Promise.resolve()
  })
  const done: string[] = []
  const add = (item: string) =>
    group.add(item).then(
      () => done.push(item),
      () => done.push(`not ${item}`),
    )
  const first = [add('a'), add('b')]
  await Promise.resolve()
  const second = [add('c'), add('d')]
  t.strictSame(groups, [['a', 'b']])
  gates[0]?.resolve()
  await Promise.all(first)
  t.strictSame(done, ['a', 'b'])
  t.strictSame(groups, [
    ['a', 'b'],
    ['c', 'd'],
  ])
  gates[1]?.reject(new Error('full'))
  await Promise.all(second)
  t.strictSame(done, ['a', 'b', 'not c', 'not d'], 'a group that fails is the fault of that group alone')
  await Promise.all([add('e'), group.idle()])
  t.strictSame(groups.at(-1), ['e'])
  await group.idle()
})
