import t from 'tap'
import { clusterSchemaText } from '../../src/config/schema.ts'
import { fits } from '../../src/config/schema-file.ts'

const said = new Set(['$schema', 'title', 'description', 'default', 'errorMessage'])
const checked = new Set([
  ...['type', 'properties', 'required', 'additionalProperties', 'items', 'minItems', 'maxItems', 'anyOf'],
  ...['pattern', 'maxLength', 'minimum', 'exclusiveMinimum', 'maximum'],
])

t.test('schema.ts says nothing that is not checked', async t => {
  const unknown = new Set<string>()
  const look = (schema: object) => {
    for (const [keyword, value] of Object.entries(schema)) {
      if (!said.has(keyword) && !checked.has(keyword)) unknown.add(keyword)
      if (keyword === 'properties') for (const inner of Object.values(value)) look(Object(inner))
      if (keyword === 'items') look(value)
      if (keyword === 'anyOf') for (const inner of value) look(inner)
      if (keyword === 'additionalProperties') t.equal(value, false)
    }
  }
  look(JSON.parse(clusterSchemaText()))
  t.same([...unknown], [])
})

t.test('each keyword at its limits', async t => {
  const cases = [
    [{ type: 'string', pattern: '^a+$' }, ['a', 'aa'], ['', 'b', 1, null, ['a']]],
    [{ type: 'string', maxLength: 2 }, ['', 'ab'], ['abc']],
    [{ type: 'integer', minimum: 1, maximum: 3 }, [1, 3], [0, 4, 1.5, '1', null, Number.NaN]],
    [{ type: 'number', exclusiveMinimum: 0 }, [1e-300, 5], [0, -1, Number.POSITIVE_INFINITY, '1']],
    [{ type: 'boolean' }, [true, false], [0, 'true', null]],
    [{ type: 'array', minItems: 1, maxItems: 2 }, [[1], [1, {}]], [[], [1, 2, 3], { length: 1 }]],
    [{ anyOf: [{ type: 'integer' }, { type: 'string' }] }, [1, 'one'], [true, 1.5]],
    [{ type: 'null' }, [], [null, 0]],
  ] as const
  for (const [schema, right, wrong] of cases) {
    for (const value of right) t.equal(fits(schema, value), true, `${JSON.stringify(schema)} ${value}`)
    for (const value of wrong) t.equal(fits(schema, value), false, `${JSON.stringify(schema)} ${value}`)
  }
})
