import t from 'tap'
import Type from 'typebox'
import { jsonRecord, readJsonRecord } from '../../../src/store/journal/json-record.ts'

const Painted = Type.Object({ colour: Type.String(), coats: Type.Integer() })

t.test('what is written is read', async t => {
  const value = { colour: 'grün', coats: 2 }
  const record = jsonRecord('painted', 'j', value)
  t.match(record, { kind: 'painted', job: 'j' })
  t.strictSame(readJsonRecord('house.journal', record, Painted), value)
})

t.test('anything else is refused, with its place', async t => {
  for (const [body, message] of [
    ['{"colour":"red"}', /house\.journal holds .*: painted of job j: all of it .*coats/],
    ['{"colour":"red","coats":"two"}', /painted of job j: \/coats must be integer/],
    ['{"colour":', /painted of job j: all of it must be object/],
    ['', /painted of job j/],
  ] as const) {
    const record = { kind: 'painted', job: 'j', body: Buffer.from(body) }
    t.throws(() => readJsonRecord('house.journal', record, Painted), {
      code: 'GEMMESH_JOURNAL_DAMAGED',
      message,
    })
  }
})
