import t from 'tap'
import { parsePythonDict } from '../../src/formats/python-literal.ts'

const accepted: readonly [text: string, key: string, value: unknown, spelled: string][] = [
  ["{'a': 'x'}", 'a', 'x', "'x'"],
  ['{"a": "x"}', 'a', 'x', '"x"'],
  ["{'a': True, }  \n", 'a', true, 'True'],
  [" { 'a' : False } ", 'a', false, 'False'],
  ["{'a': None}", 'a', null, 'None'],
  ["{'a': 12}", 'a', 12n, '12'],
  ["{'a': -12}", 'a', -12n, '-12'],
  ["{'a': 12L}", 'a', 12n, '12L'],
  ["{'a': 99999999999999999999}", 'a', 99999999999999999999n, '99999999999999999999'],
  ["{'a': ()}", 'a', { kind: 'tuple', items: [] }, '()'],
  ["{'a': (1,)}", 'a', { kind: 'tuple', items: [1n] }, '(1,)'],
  ["{'a': (1)}", 'a', 1n, '(1)'],
  ["{'a': ( 1 , 2 ,)}", 'a', { kind: 'tuple', items: [1n, 2n] }, '( 1 , 2 ,)'],
  ["{'a': [1]}", 'a', { kind: 'list', items: [1n] }, '[1]'],
  [
    "{'a': [('x', '<f4'), ('y', '<i4', (2,))]}",
    'a',
    {
      kind: 'list',
      items: [
        { kind: 'tuple', items: ['x', '<f4'] },
        { kind: 'tuple', items: ['y', '<i4', { kind: 'tuple', items: [2n] }] },
      ],
    },
    "[('x', '<f4'), ('y', '<i4', (2,))]",
  ],
]

for (const [text, key, value, spelled] of accepted)
  t.test(text, t => {
    t.strictSame(parsePythonDict(text, 'f').get(key), { value, text: spelled })
    t.end()
  })

const refused: readonly [text: string, says: RegExp][] = [
  ['', /found its end at character 0, wanted "{"/],
  ['[]', /wanted "{"/],
  ["{'a': 1", /found its end at character 7, wanted "," or "}"/],
  ["{'a' 1}", /wanted ":"/],
  ['{a: 1}', /wanted a key in quotes/],
  ["{'a': 1, 'a': 2}", /each key once, not "a" again/],
  ["{'a': 1} x", /nothing after "}"/],
  ["{'a': 1}{}", /nothing after/],
  ["{'a': true}", /True, False/],
  ["{'a': Trueish}", /True, False/],
  ["{'a': 1.5}", /whole number/],
  ["{'a': 1e3}", /whole number/],
  ["{'a': 0x10}", /whole number/],
  ["{'a': 'it\\'s'}", /a string/],
  ["{'a': 'open}", /a string/],
  ["{'a': __import__('os').system('true')}", /a string, a whole number/],
  ["{'a': {'b': 1}}", /a string, a whole number/],
  ["{'a': (1 2)}", /"," or "\)"/],
  ["{'a': (1,,)}", /a string/],
  ["{'a': [1)}", /"," or "]"/],
  [`{'a': ${'('.repeat(100_000)}`, /at most 8 levels/],
  [`{'a': ${'1'.repeat(41)}}`, /a string/],
]

for (const [text, says] of refused)
  t.test(`refused: ${text.slice(0, 50)}`, t => {
    t.throws(() => parsePythonDict(text, 'f.npy'), { code: 'GEMMESH_NPY_INVALID', message: says })
    t.throws(() => parsePythonDict(text, 'f.npy'), { message: /^f\.npy: the header is not a Python dict/ })
    t.end()
  })
