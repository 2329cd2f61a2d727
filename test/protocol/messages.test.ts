import { fileURLToPath } from 'node:url'
import protobuf from 'protobufjs'
import t, { type Test } from 'tap'
import { limits } from '../../src/protocol/limits.ts'
import * as messages from '../../src/protocol/messages.ts'
import { BulkHeader, CancelUnits, Fault, UnitRef, WorkUnit } from '../../src/protocol/messages.ts'
import { type RouteName, routeNames, routeOf } from '../../src/protocol/routes.ts'
import { ref, samples, sha256 } from './samples.ts'

const proto = fileURLToPath(new URL('../../src/protocol/wire.proto', import.meta.url))

/** Encodes, decodes from the middle of other bytes, and compares. */
function survives<V>(
  t: Test,
  codec: { name: string; encode(v: V): Uint8Array; decode(b: Uint8Array): V },
  value: V,
) {
  const bytes = codec.encode(value)
  const around = new Uint8Array(bytes.length + 16).fill(0xff)
  around.set(bytes, 7)
  t.same(codec.decode(around.subarray(7, 7 + bytes.length)), value, codec.name)
}

function routeSurvives<R extends RouteName>(t: Test, name: R) {
  survives(t, routeOf(name).request, samples[name].request)
  survives(t, routeOf(name).reply, samples[name].reply)
}

t.test('every request and reply survives encoding, whatever bytes lie around it', async t => {
  for (const name of routeNames) routeSurvives(t, name)
})

t.test('defaults are filled in, absent messages stay absent', async t => {
  t.same(BulkHeader.decode(BulkHeader.encode({ dtype: 'int32', rows: 0, columns: 0 })), {
    dtype: 'int32',
    rows: 0,
    columns: 0,
  })
  const { c: _, ...unadded } = samples.unit.request
  t.same(WorkUnit.decode(WorkUnit.encode(unadded)), unadded)
  t.same(CancelUnits.decode(CancelUnits.encode({ job: 'j', units: [] })), { job: 'j', units: [] })
})

t.test('the tables of fields are those of wire.proto', async t => {
  const root = await protobuf.load(proto)
  const types = root.lookup('gemmesh.wire')
  t.ok(types instanceof protobuf.Namespace)
  if (!(types instanceof protobuf.Namespace)) return
  const tables = new Map(Object.values(messages).map(message => [message.name, message]))
  for (const type of types.nestedArray) {
    if (!(type instanceof protobuf.Type) || type.name === 'Chunk') continue
    const wanted = type.fieldsArray.map(field => [
      field.name,
      `${field.repeated ? 'repeated ' : ''}${field.type}`,
    ])
    const found = Object.entries(tables.get(type.name)?.fields ?? {}).map(([key, { kind }]) => [key, kind])
    t.same(found, wanted, type.name)
  }
})

t.test('values beyond their limits are refused in both directions, with place, value and limit', async t => {
  const unit = samples.unit.request
  const refused: [string, () => unknown, RegExp][] = [
    [
      'a job id that leaves its folder',
      () => UnitRef.encode({ ...ref, job: '../x' }),
      /UnitId\.job is "\.\.\/x": wanted a job id/,
    ],
    ['an empty job id', () => UnitRef.encode({ ...ref, job: '' }), /UnitId\.job/],
    [
      'a unit beyond uint32',
      () => UnitRef.encode({ ...ref, unit: 2 ** 32 }),
      /UnitId\.unit is 4294967296: wanted an integer 0-4294967295/,
    ],
    ['a fraction', () => UnitRef.encode({ ...ref, unit: 0.5 }), /UnitId\.unit is 0\.5/],
    ['a negative number', () => UnitRef.encode({ ...ref, epoch: -1 }), /UnitId\.epoch is -1/],
    ['beyond 2^53', () => UnitRef.encode({ ...ref, epoch: 2 ** 53 }), /UnitId\.epoch is 9007199254740992/],
    [
      'a path for an origin',
      () => WorkUnit.encode({ ...unit, combine: 'http://a:1/x' }),
      /WorkUnit\.combine is "http:\/\/a:1\/x"/,
    ],
    [
      'a nested field',
      () => WorkUnit.encode({ ...unit, a: { ...unit.a, blockRows: 0 } }),
      /WorkUnit\.a\.blockRows is 0/,
    ],
    [
      'a short digest',
      () => WorkUnit.encode({ ...unit, processors: [{ variant: 'w', sha256: 'ab', sizeBytes: 1 }] }),
      /"ab" is not a SHA-256/,
    ],
    [
      'too many items',
      () => WorkUnit.encode({ ...unit, processors: Array(17).fill(unit.processors[0]) }),
      /WorkUnit\.processors is 17 items: wanted at most 16/,
    ],
    [
      'a long text',
      () => Fault.encode({ code: 'X', message: 'x'.repeat(limits.faultCharacters + 1), faults: [] }),
      /Fault\.message/,
    ],
  ]
  for (const [what, action, message] of refused)
    t.throws(action, { code: 'GEMMESH_MESSAGE_INVALID', message }, what)
})

t.test('bytes that are no message, or one without what it must hold, are refused', async t => {
  const stock = await protobuf.load(proto)
  const encode = (name: string, value: object) => {
    const type = stock.lookupType(`gemmesh.wire.${name}`)
    return type.encode(type.fromObject(value)).finish()
  }
  const id = { job: 'j', unit: 1, attempt: 1, epoch: 1 }
  const refused: [string, () => unknown, RegExp][] = [
    ['cut', () => UnitRef.decode(UnitRef.encode(ref).subarray(0, 5)), /5 bytes are not a UnitId message/],
    ['noise', () => UnitRef.decode(new Uint8Array(9).fill(0xff)), /9 bytes are not a UnitId message/],
    ['nothing', () => UnitRef.decode(new Uint8Array()), /UnitId\.job is ""/],
    ['no nested message', () => WorkUnit.decode(new Uint8Array()), /WorkUnit\.id is absent: wanted a UnitId/],
    [
      'an unknown dtype',
      () => BulkHeader.decode(encode('BulkHeader', { dtype: 9, rows: 1 })),
      /BulkHeader\.dtype is 9/,
    ],
    ['no dtype', () => BulkHeader.decode(encode('BulkHeader', { rows: 1 })), /BulkHeader\.dtype is 0/],
    [
      'a uint64 that a number cannot hold',
      () => UnitRef.decode(encode('UnitId', { ...id, epoch: '9007199254740993' })),
      /more than 2\^53 - 1/,
    ],
    [
      'a digest of another length',
      () => messages.UnitPlaced.decode(encode('UnitPlaced', { id, slave: 'g', digest: Buffer.alloc(20) })),
      /UnitPlaced\.digest is 20 bytes: wanted a checksum: 16 bytes/,
    ],
    [
      'a list beyond its limit',
      () =>
        CancelUnits.decode(encode('CancelUnits', { job: 'j', units: Array(limits.listItems + 1).fill(1) })),
      /CancelUnits\.units is 262145 items/,
    ],
  ]
  for (const [what, action, message] of refused)
    t.throws(action, { code: 'GEMMESH_MESSAGE_INVALID', message }, what)
})

t.test('the largest messages fit their limits', async t => {
  const far = Number.MAX_SAFE_INTEGER
  const tiles = Array(limits.listItems).fill({
    row: 2 ** 31,
    column: 2 ** 31,
    rows: 2 ** 21,
    columns: 2 ** 21,
  })
  t.ok(
    messages.OpenJob.encode({ ...samples.openJob.request, tiles, rows: far }).length <= limits.openJobBytes,
  )
  const units = Array(limits.listItems).fill(limits.listItems)
  t.ok(CancelUnits.encode({ job: 'j', units }).length <= limits.messageBytes)
  const faults = Array(limits.faultItems).fill('é'.repeat(limits.faultCharacters))
  t.ok(Fault.encode({ code: 'X', message: '', faults }).length <= limits.messageBytes)
})

t.test('the codec leaves protobufjs as it is for the rest of the process', async t => {
  t.ok(protobuf.util.Long, 'Long is still there')
  t.notOk(protobuf.roots.gemmesh, 'nothing is registered for the process')
  t.equal(sha256.length, 64)
})
