import { deepStrictEqual, ok } from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { parseJson } from '../../src/config/json.ts'

const faults: readonly [text: string, place: string, found: string][] = [
  ['', '1:1', 'the end of the file'],
  ['abc', '1:1', '"abc"'],
  ['{"a": 1,}', '1:9', '"}"'],
  ['{', '1:2', 'the end of the file'],
  ['{"a":\n  tru}', '2:3', '"tru"'],
  ['{"a": 1 "b": 2}', '1:9', '"\\"b\\""'],
  ['[1, 2', '1:6', 'the end of the file'],
  ['[1,]', '1:4', '"]"'],
  ['[1}', '1:3', '"}"'],
  ['{"a": 1]', '1:8', '"]"'],
  ['{,}', '1:2', '","'],
  ['{"a"}', '1:5', '"}"'],
  ['{1: 2}', '1:2', '"1"'],
  ['{"a": 1}}', '1:9', '"}"'],
  ['1 2', '1:3', '"2"'],
  ['01', '1:2', '"1"'],
  ['"a\tb"', '1:1', '"\\"a"'],
  ["{'a': 1}", '1:2', '"\'a\'"'],
  ['// comment\n{}', '1:1', '"//"'],
  ['{"a": 1,\n "b": 2,\n "a": 3}', '3:2', 'the key "a" again'],
  ['{"a": 1, "\\u0061": 3}', '1:10', 'the key "\\u0061" again'],
  ['[{"a": 1}, {"a": {"a": 1, "a": 2}}]', '1:27', 'the key "a" again'],
]

for (const [text, place, found] of faults)
  t.test(`refused: ${JSON.stringify(text)}`, t => {
    t.throws(() => parseJson(text, 'f.json'), { code: 'GEMMESH_CONFIG_UNREADABLE' })
    try {
      parseJson(text, 'f.json')
    } catch (error) {
      const message = error instanceof Error ? error.message : ''
      t.ok(message.startsWith(`f.json:${place}: not JSON: found ${found}, wanted `), message)
    }
    t.end()
  })

t.test('whatever is JSON is read as JSON.parse reads it', t => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 4 }), fc.constantFrom('', ' ', '\n\t'), (text, space) => {
      deepStrictEqual(parseJson(space + text + space, 'f.json'), JSON.parse(text))
    }),
    { seed: 1, numRuns: 300 },
  )
  t.end()
})

t.test('whatever JSON.parse refuses is refused, and what it takes has a key twice at worst', t => {
  const alphabet = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"a"',
    '"b"',
    '1',
    '-',
    '0',
    'true',
    'nul',
    ' ',
    '"',
  )
  fc.assert(
    fc.property(fc.array(alphabet, { maxLength: 12 }), parts => {
      const text = parts.join('')
      let taken = true
      try {
        JSON.parse(text)
      } catch {
        taken = false
      }
      try {
        parseJson(text, 'f.json')
        ok(taken, text)
      } catch (error) {
        const message = error instanceof Error ? error.message : ''
        ok(!taken || message.includes('again'), `${text}: ${message}`)
      }
    }),
    { seed: 2, numRuns: 2000 },
  )
  t.end()
})
