import t from 'tap'
import { Panels } from '../../../src/cli/local/panels.ts'

/** A piece of work that ends when it is told to. */
function gate() {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  return { run: () => promise, open: () => resolve(), fail: (error: Error) => reject(error) }
}

t.test('a panel that lies there is not filled again', async t => {
  const panels = new Panels([0, 64])
  const filled: string[] = []
  const fill = (name: string) => async (offset: number) => void filled.push(`${name}@${offset}`)
  for (const name of ['a', 'a', 'b', 'b', 'a']) await panels.take(name, fill(name)).ready
  t.strictSame(filled, ['a@64', 'b@0', 'a@64'])
})

t.test('a place is not filled before it is emptied', async t => {
  const panels = new Panels([0])
  const order: string[] = []
  const writing = gate()
  const first = panels.take('first', async () => {})
  await first.ready
  panels.release(first.offset, async () => {
    await writing.run()
    order.push('written')
  })
  const second = panels.take('second', async () => void order.push('filled'))
  t.strictSame(order, [])
  writing.open()
  await second.ready
  t.strictSame(order, ['written', 'filled'])
})

t.test('an error is met by whoever waits, and by nobody else', async t => {
  const panels = new Panels([0, 64])
  const reading = gate()
  const { ready } = panels.take('a', reading.run)
  reading.fail(new Error('unreadable'))
  await t.rejects(ready, { message: 'unreadable' })
  await t.rejects(panels.settle(), { message: 'unreadable' })
  await panels.abandon()
})
