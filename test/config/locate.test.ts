import fc from 'fast-check'
import t from 'tap'
import { locateValue } from '../../src/config/locate.ts'

const at = (text: string, path: (string | number)[]): string | undefined => {
  const span = locateValue(text, path)
  return span && text.slice(span.start, span.end)
}

t.test('a value is found wherever it stands', async t => {
  const text = `\uFEFF{ "a" : [ {"b": 1.5e3 , "c\\"]": "x}" }, {}, [ ], null ],\r\n\t"d":{"b":[2,3]}}`
  t.equal(at(text, ['a', 0, 'b']), '1.5e3')
  t.equal(at(text, ['a', 0, 'c"]']), '"x}"')
  t.equal(at(text, ['a', 1]), '{}')
  t.equal(at(text, ['a', 2]), '[ ]')
  t.equal(at(text, ['a', 3]), 'null')
  t.equal(at(text, ['d', 'b', 1]), '3')
  t.equal(at(text, ['d', 'b', 2]), undefined)
  t.equal(at(text, ['b']), undefined)
  t.equal(at(text, ['a', 'b']), undefined)
  t.equal(at(text, []), text.slice(1))
})

t.test('any value of any JSON, however it is indented', async () => {
  const paths = (value: unknown): (string | number)[][] => {
    if (typeof value !== 'object' || value === null) return [[]]
    const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value)
    return [[], ...entries.flatMap(([key, inner]) => paths(inner).map(path => [key, ...path]))]
  }
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom('', '  ', '\t'), (value, indent) => {
      const text = JSON.stringify(value, null, indent)
      const plain: unknown = JSON.parse(text)
      for (const path of paths(plain)) {
        const wanted = path.reduce<unknown>(
          (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
          plain,
        )
        const found = at(text, path)
        if (found === undefined || JSON.stringify(JSON.parse(found)) !== JSON.stringify(wanted)) return false
      }
      return true
    }),
    { seed: 1, numRuns: 300 },
  )
})
