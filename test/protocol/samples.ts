/** A request and a reply for every route, with values at the edges of what their fields may hold. */
import type { ReplyOf, RequestOf, RouteName } from '../../src/protocol/routes.ts'

export const sha256 = '00ff'.repeat(16)
export const ref = { job: 'job-1_a.b', unit: 0, attempt: 2 ** 32 - 1, epoch: Number.MAX_SAFE_INTEGER }
const fault = { code: 'GEMMESH_UNIT_FAILED', message: 'unité: 3 > 2', faults: ['a', ''] }
const operand = {
  file: { path: '/data/ä.npy', sizeBytes: 2 ** 45, modifiedUs: 1_700_000_000_000_001 },
  url: { url: 'https://a/b?c=d', sizeBytes: 1, etag: '"x"', lastModified: 'Sun, 06 Nov 1994 08:49:37 GMT' },
  matrix: 'ab'.repeat(32),
  rows: 2 ** 40,
  columns: 0,
  blockRows: 512,
  blockColumns: 1,
  transposed: true,
  source: 'http://127.0.0.1:7710',
}

export const samples: {
  readonly [R in RouteName]: { readonly request: RequestOf<R>; readonly reply: ReplyOf<R> }
} = {
  register: {
    request: {
      protocolVersion: 1,
      name: 'gamma',
      incarnation: 'x1',
      port: 7712,
      threads: 64,
      memoryBytes: 2 ** 42,
      own: { float32: 171.5, float64: Number.MIN_VALUE },
    },
    reply: {
      protocolVersion: 1,
      epoch: 7,
      heartbeatMs: 1000,
      processors: [{ variant: 'wide', sha256: 'ab'.repeat(32), sizeBytes: 11_640 }],
    },
  },
  heartbeat: {
    request: {
      name: 'gamma',
      incarnation: 'x1',
      running: [
        { id: ref, progress: 0 },
        { id: { ...ref, unit: 1 }, progress: 2 ** 40 },
      ],
    },
    reply: { epoch: 0, registerAgain: true },
  },
  drain: { request: { name: 'gamma', incarnation: 'x1' }, reply: {} },
  leave: { request: { name: 'gamma', incarnation: 'x1' }, reply: {} },
  unit: {
    request: {
      id: ref,
      dtype: 'float64',
      tile: { row: 1024, column: 0, rows: 1024, columns: 1 },
      k: 2 ** 33,
      alpha: -0.5,
      beta: Number.POSITIVE_INFINITY,
      a: operand,
      b: { ...operand, transposed: false },
      c: operand,
      processors: [{ variant: 'wide', sha256, sizeBytes: 20_000 }],
      processorSource: 'http://10.0.0.1:7710',
      combine: 'http://10.0.0.2:7711',
      replyTo: 'http://10.0.0.1:7710',
      leaseMs: 10_000,
      semiring: 'min-plus',
      reproducible: true,
      kStart: 65536,
      kEnd: 131072,
    },
    reply: { queued: 2 },
  },
  cancel: { request: { job: 'j', units: [0, 1, 2 ** 32 - 1] }, reply: { units: 3 } },
  unitDone: {
    request: {
      id: ref,
      slave: 'gamma',
      fetchMs: 0,
      computeMs: 12.5,
      sendMs: 1e-3,
      fetchedBytes: 2 ** 50,
      blocksFetched: 4,
      blocksCached: 0,
      variant: 'wide',
      processorSha256: sha256,
      operands: [{ matrix: sha256, fromMaster: 2 ** 50, fromSlaves: 0, readDirectly: 1 }],
    },
    reply: {},
  },
  locateBlocks: {
    request: {
      name: 'gamma',
      incarnation: 'x1',
      blocks: [{ matrix: sha256, row: 2 ** 32 - 1, column: 0 }],
      failed: 'http://10.0.0.3:7712',
    },
    reply: { locations: [{ origin: 'http://10.0.0.4:7712', ticket: 2 ** 50 }, { ticket: 1 }] },
  },
  unitFailed: { request: { id: ref, slave: 'gamma', fault }, reply: {} },
  openJob: {
    request: {
      job: 'j',
      dtype: 'int32',
      rows: 8,
      columns: 8,
      dimensions: 2,
      tiles: [
        { row: 0, column: 0, rows: 8, columns: 4 },
        { row: 0, column: 4, rows: 8, columns: 4 },
      ],
      replyTo: 'http://10.0.0.1:7710',
      layers: 1,
      semiring: 'plus-times',
      exact: true,
      verificationSeed: 'c0fe'.repeat(8),
    },
    reply: { placed: [1] },
  },
  references: {
    request: {
      job: 'j',
      units: [
        { unit: 0, values: Uint8Array.of(0, 255), bounds: Uint8Array.of(1) },
        { unit: 2 ** 32 - 1, values: new Uint8Array(), bounds: new Uint8Array() },
      ],
    },
    reply: {},
  },
  abortJob: { request: { job: 'j' }, reply: {} },
  unitPlaced: { request: { id: ref, slave: 'gamma', bytes: 2 ** 45, digest: 'c0fe'.repeat(8) }, reply: {} },
  tileRefused: { request: { id: ref, slave: 'gamma', fault }, reply: {} },
  sealFailed: {
    request: { job: 'j', fault: { code: 'GEMMESH_STORAGE_FULL', message: 'full', faults: [] } },
    reply: {},
  },
  jobRecovered: { request: { job: 'j', placed: [0, 7, 2 ** 32 - 1] }, reply: {} },
  jobSealed: {
    request: {
      job: 'j',
      bytes: 0,
      totals: { placed: 3, checked: 2, rowsUnchecked: 2 ** 40, worst: 0.25, wrong: 1 },
    },
    reply: {},
  },
}
