import { readFileSync } from 'node:fs'
import t from 'tap'
import { withMeasured } from '../../bench/page.ts'

t.test('figures replace what is between their markers, again and again', async t => {
  const page = 'Prose.\n\n<!-- measured: a -->\n\nold\n\n<!-- end: a -->\n\nMore.\n'
  const once = withMeasured(page, { a: 'new' })
  t.equal(once, page.replace('old', 'new'))
  t.equal(withMeasured(once, { a: 'new' }), once)
  t.throws(() => withMeasured(page, { b: 'new' }), { message: /lacks the markers <!-- measured: b -->/ })
})

t.test('the page has a place for every part', async t => {
  const page = readFileSync(new URL('../../docs/PERFORMANCE.md', import.meta.url), 'utf8')
  const parts = Object.fromEntries(
    ['machine', 'square', 'shapes', 'beyond'].map(name => [name, `part ${name}`]),
  )
  t.match(withMeasured(page, parts), /part machine[\s\S]*part square[\s\S]*part shapes[\s\S]*part beyond/)
})
