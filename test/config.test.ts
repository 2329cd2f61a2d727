import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { type Cluster, clusterSchemaText, origin, parseCluster, readCluster } from '../src/config.ts'
import { GemmeshError } from '../src/errors.ts'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** The faults that `value` is refused with. */
function faultsOf(value: unknown): readonly string[] {
  try {
    parseCluster(value, 'cluster.json')
    return []
  } catch (error) {
    if (error instanceof GemmeshError && error.code === 'GEMMESH_CONFIG_INVALID') return error.faults
    throw error
  }
}

const good = () => ({
  'master-assign': { name: 'alpha', ip: '10.0.0.1' },
  'master-combine': { name: 'beta', ip: '10.0.0.2' },
  slaves: [{ name: 'gamma', ip: '10.0.0.3', performance: 2.5 }],
})

t.test('the ready files of config/', async t => {
  const one = await readCluster(at('../config/one-machine.json'))
  t.strictSame(
    [one.assign, one.combine, ...one.slaves].map(node => [node.name, origin(node)]),
    [
      ['alpha', 'http://127.0.0.1:7710'],
      ['beta', 'http://127.0.0.2:7711'],
      ['gamma', 'http://127.0.0.3:7712'],
      ['delta', 'http://127.0.0.4:7712'],
      ['epsilon', 'http://127.0.0.5:7712'],
    ],
  )
  t.strictSame(
    one.slaves.map(({ performance, threads }) => [performance, threads]),
    [
      [1, 1],
      [2, 1],
      [4, 1],
    ],
  )
  const two = await readCluster(at('../config/two-hosts.json'))
  t.equal(two.assign.name, two.combine.name)
  t.equal(two.assign.ip, two.combine.ip)
  t.equal(two.slaves.length, 2)
})

t.test('config/cluster.schema.json is what src/config/schema.ts says', t => {
  const written = readFileSync(at('../config/cluster.schema.json'), 'utf8')
  t.equal(written, clusterSchemaText(), 'npm run build:schema brings it up to date')
  t.end()
})

t.test('defaults', t => {
  const cluster: Cluster = parseCluster(good(), 'cluster.json')
  t.strictSame(cluster, {
    assign: { name: 'alpha', ip: '10.0.0.1', port: 7710 },
    combine: { name: 'beta', ip: '10.0.0.2', port: 7711 },
    slaves: [{ name: 'gamma', ip: '10.0.0.3', port: 7712, performance: 2.5 }],
    options: {
      heartbeatMs: 1000,
      leaseMs: 10_000,
      attempts: 4,
      suspicionThreshold: 8,
      restMs: 1000,
      restLimitMs: 60_000,
      unitsAtHand: 2,
      unitEdge: 4096,
      blockEdge: 1024,
      measuredPerformance: true,
      planGraceMs: 3000,
      verify: true,
      slaveMemoryBytes: 2 ** 30,
      uploadLimitBytes: 2 ** 34,
      matrixAgeHours: 168,
      matrixQuotaBytes: 100 * 2 ** 30,
      resultAgeHours: 168,
      resultQuotaBytes: 100 * 2 ** 30,
      operandFolders: [],
      operandUrls: [],
    },
  })
  t.end()
})

t.test('everything said', t => {
  const cluster = parseCluster(
    {
      $schema: './cluster.schema.json',
      'master-assign': { name: 'alpha', ip: '10.0.0.1', port: 1 },
      'master-combine': { name: 'alpha', ip: '10.0.0.1', port: 65_535 },
      slaves: [
        { name: 'alpha', ip: '10.0.0.1', port: 80, performance: 1e-3, threads: 8, memory: '512MiB' },
        { name: 'b.example.org', ip: '223.255.255.255', performance: 1e6, memory: 2 ** 31 },
      ],
      options: {
        'heartbeat-ms': 100,
        'lease-ms': 300,
        attempts: 1,
        'suspicion-threshold': 3.5,
        'rest-ms': 0,
        'rest-limit-ms': 10,
        'units-at-hand': 3,
        'unit-edge': 2048,
        'block-edge': 256,
        'measured-performance': false,
        'plan-grace-ms': 0,
        verify: false,
        'slave-memory': '1.5GiB',
        'upload-limit': 1000,
        'matrix-age-hours': 1,
        'matrix-quota': '1GiB',
        'result-age-hours': 2,
        'result-quota': 2 ** 20,
        'operand-folders': ['/data', '/'],
        'operand-urls': ['https://a.example/b/', 'http://10.0.0.9:8080/'],
      },
    },
    'cluster.json',
  )
  t.strictSame(cluster.slaves, [
    { name: 'alpha', ip: '10.0.0.1', port: 80, performance: 1e-3, threads: 8, memory: 2 ** 29 },
    { name: 'b.example.org', ip: '223.255.255.255', port: 7712, performance: 1e6, memory: 2 ** 31 },
  ])
  t.strictSame(cluster.options, {
    heartbeatMs: 100,
    leaseMs: 300,
    attempts: 1,
    suspicionThreshold: 3.5,
    restMs: 0,
    restLimitMs: 10,
    unitsAtHand: 3,
    unitEdge: 2048,
    blockEdge: 256,
    measuredPerformance: false,
    planGraceMs: 0,
    verify: false,
    slaveMemoryBytes: 1.5 * 2 ** 30,
    uploadLimitBytes: 1000,
    matrixAgeHours: 1,
    matrixQuotaBytes: 2 ** 30,
    resultAgeHours: 2,
    resultQuotaBytes: 2 ** 20,
    operandFolders: ['/data', '/'],
    operandUrls: ['https://a.example/b/', 'http://10.0.0.9:8080/'],
  })
  t.equal(origin(cluster.combine), 'http://10.0.0.1:65535')
  t.end()
})

t.test('ten faults are reported at once, each with place, found and wanted', async t => {
  const error: unknown = await readCluster(at('fixtures/config-ten-faults.json')).catch(error => error)
  if (!(error instanceof GemmeshError)) return t.fail('not refused')
  t.equal(error.code, 'GEMMESH_CONFIG_INVALID')
  t.strictSame(error.faults, [
    'master-assign.ip: found "10.0.0.256", wanted the IPv4 address of one node, dotted decimal from 1.0.0.0 to 223.255.255.255 without leading zeros, such as "10.0.0.1"',
    'master-combine.ip: missing, wanted the IPv4 address of one node, dotted decimal from 1.0.0.0 to 223.255.255.255 without leading zeros, such as "10.0.0.1"',
    'slaves[0].performance: found 0, wanted a positive, finite number',
    'slaves[1].performance: found "fast", wanted a positive, finite number',
    'slaves[1].thread: unknown key, wanted one of name, ip, port, performance, threads, memory',
    'slaves[4].port: found 77120, wanted a whole number from 1 to 65535',
    'slaves[4].memory: found "512MB", wanted a count of bytes such as 536870912 or "512MiB" (B, KiB, MiB, GiB, TiB), at least 16777216',
    'slaves[2].name: found "gamma", wanted a name of its own: slaves[0] has this one',
    'slaves[3]: found 10.0.0.4:7712, wanted an ip and port of its own: slaves[1] has these (the default ports are 7710, 7711 and 7712)',
    'options.lease-ms: found 10000, wanted at least 15000, three times the heartbeat-ms of 5000',
  ])
  t.match(error.message, /config-ten-faults\.json has 10 faults:/)
  for (const fault of error.faults) t.ok(error.message.includes(fault))
})

/** Each: what is changed in a good file, and the place and words of the one fault that follows. */
const singleFaults: readonly [change: Record<string, unknown>, place: string, says: RegExp][] = [
  [{ 'master-assign': undefined }, 'master-assign', /found undefined, wanted an object with name, ip$/],
  [{ 'master-combine': null }, 'master-combine', /found null/],
  [{ slaves: {} }, 'slaves', /found an object with no keys, wanted a list of 1 to 10000 slaves/],
  [{ slaves: [] }, 'slaves', /found an empty list/],
  [{ slaves: ['gamma'] }, 'slaves[0]', /found "gamma", wanted an object with name, ip, performance/],
  [{ Slaves: [] }, 'Slaves', /unknown key/],
  [{ 'a b': 1 }, '["a b"]', /unknown key/],
  [{ options: [] }, 'options', /found an empty list/],
  [{ options: { 'unit-edge': 15 } }, 'options.unit-edge', /from 16 to 16384/],
  [{ options: { 'unit-edge': 1024.5 } }, 'options.unit-edge', /found 1024.5/],
  [{ options: { attempts: '4' } }, 'options.attempts', /found "4"/],
  [
    { options: { 'operand-folders': ['data'] } },
    'options.operand-folders[0]',
    /the absolute path of a folder/,
  ],
  [{ options: { 'operand-urls': ['https://a.example/b'] } }, 'options.operand-urls[0]', /up to a "\/"/],
  [{ options: { 'measured-performance': 'no' } }, 'options.measured-performance', /true or false/],
  [{ options: { 'lease-ms': 2999 } }, 'options.lease-ms', /at least 3000/],
  [{ options: { 'slave-memory': '1MiB' } }, 'options.slave-memory', /at least 16777216/],
  [{ options: { 'slave-memory': 1000 } }, 'options.slave-memory', /at least 16777216/],
  [{ options: { 'slave-memory': '0.000001GiB' } }, 'options.slave-memory', /a whole count of bytes/],
  [{ options: { 'upload-limit': '99999999TiB' } }, 'options.upload-limit', /a whole count of bytes/],
  [{ options: { 'upload-limit': -1 } }, 'options.upload-limit', /found -1/],
  [{ options: { 'matrix-quota': '1KiB' } }, 'options.matrix-quota', /at least 1048576 bytes/],
]

for (const [change, place, says] of singleFaults)
  t.test(`one fault: ${JSON.stringify(change)}`, t => {
    const faults = faultsOf({ ...good(), ...change })
    t.equal(faults.length, 1, faults.join('; '))
    t.ok(faults[0]?.startsWith(`${place}:`), faults.join('; '))
    t.match(faults[0], says)
    t.end()
  })

const slaveFaults: readonly [change: Record<string, unknown>, place: string][] = [
  ...['', 'ga mma', '-gamma', 'gamma.', '../gamma', 'g'.repeat(254), 7, null].map(
    (name): [Record<string, unknown>, string] => [{ name }, 'slaves[0].name'],
  ),
  ...[
    '10.0.0',
    '10.0.0.1.2',
    '10.0.0.01',
    '010.0.0.1',
    '256.0.0.1',
    '10.0.0.256',
    '0x0a.0.0.1',
    '167772161',
    ' 10.0.0.1',
    '10.0.0.1\n',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    'localhost',
    '',
    10,
  ].map((ip): [Record<string, unknown>, string] => [{ ip }, 'slaves[0].ip']),
  ...[0, 65_536, -1, 7712.5, '7712', null].map((port): [Record<string, unknown>, string] => [
    { port },
    'slaves[0].port',
  ]),
  ...[0, -1, -0, Number.NaN, Number.POSITIVE_INFINITY, '1', null].map(
    (performance): [Record<string, unknown>, string] => [{ performance }, 'slaves[0].performance'],
  ),
  ...[0, 1025, 1.5, 'all'].map((threads): [Record<string, unknown>, string] => [
    { threads },
    'slaves[0].threads',
  ]),
  ...[0, 1e9 + 0.5, '1GB', '-1GiB', '1 MiB', 'GiB', {}, true].map(
    (memory): [Record<string, unknown>, string] => [{ memory }, 'slaves[0].memory'],
  ),
]

for (const [change, place] of slaveFaults)
  t.test(`a slave with ${Object.keys(change)[0]} ${String(Object.values(change)[0])}`, t => {
    const faults = faultsOf({ ...good(), slaves: [{ ...good().slaves[0], ...change }] })
    t.equal(faults.length, 1, faults.join('; '))
    t.ok(faults[0]?.startsWith(`${place}: found `), faults.join('; '))
    t.end()
  })

const gamma = { name: 'gamma', ip: '10.0.0.3', performance: 1 }
const clashes: readonly [name: string, change: Record<string, unknown>, faults: readonly RegExp[]][] = [
  ['a slave twice', { slaves: [gamma, gamma] }, [/^slaves\[1\]\.name: .*slaves\[0\]/]],
  ['a slave twice, by case', { slaves: [gamma, { ...gamma, name: 'GAMMA' }] }, [/^slaves\[1\]\.name/]],
  [
    'a slave three times',
    { slaves: [gamma, gamma, gamma] },
    [/^slaves\[1\]\.name: .*slaves\[0\]/, /^slaves\[2\]\.name: .*slaves\[0\]/],
  ],
  [
    'a slave twice, on two addresses',
    { slaves: [gamma, { ...gamma, ip: '10.0.0.4' }] },
    [/^slaves\[1\]\.name/],
  ],
  [
    'two masters of one name, two addresses',
    { 'master-combine': { name: 'alpha', ip: '10.0.0.2' } },
    [/^master-combine\.ip: found "10.0.0.2", wanted "10.0.0.1", the ip of master-assign/],
  ],
  [
    'a master and a slave of one name, two addresses',
    { slaves: [{ ...gamma, name: 'beta' }] },
    [/^slaves\[0\]\.ip: .*"10.0.0.2", the ip of master-combine/],
  ],
  [
    'two roles on one port',
    { 'master-combine': { name: 'beta', ip: '10.0.0.1', port: 7710 } },
    [/^master-combine: found 10.0.0.1:7710, wanted an ip and port of its own: master-assign/],
  ],
  [
    'both masters of one node on one port',
    { 'master-combine': { name: 'alpha', ip: '10.0.0.1', port: 7710 } },
    [/^master-combine: found 10.0.0.1:7710/],
  ],
  [
    'a slave on the port of a master',
    { slaves: [{ ...gamma, ip: '10.0.0.1', port: 7710 }] },
    [/^slaves\[0\]: found 10.0.0.1:7710/],
  ],
]

for (const [name, change, wanted] of clashes)
  t.test(`a clash: ${name}`, t => {
    const faults = faultsOf({ ...good(), ...change })
    t.equal(faults.length, wanted.length, faults.join('; '))
    for (const [index, words] of wanted.entries()) t.match(faults[index], words)
    t.end()
  })

t.test('what only looks like a clash', t => {
  const host = { name: 'alpha', ip: '10.0.0.1' }
  const one = { 'master-assign': host, 'master-combine': host, slaves: [{ ...host, performance: 1 }] }
  t.strictSame(faultsOf(one), [], 'one node in all three roles')
  const names = ['a', 'b', 'c'].map((name, index) => ({
    name,
    ip: '10.0.0.1',
    port: 9000 + index,
    performance: 1,
  }))
  t.strictSame(faultsOf({ ...good(), slaves: names }), [], 'many slaves on one address, apart by port')
  t.end()
})

const unreadable: readonly [name: string, path: (t: Test) => string, says: RegExp][] = [
  ['a missing file', t => join(t.testdir({}), 'none.json'), /none\.json: cannot be read \(ENOENT/],
  ['a folder', t => t.testdir({}), /is not a file/],
  [
    'no JSON',
    t => join(t.testdir({ 'c.json': '{\n  "slaves": [,]\n}' }), 'c.json'),
    /c\.json:2:14: not JSON: found ",", wanted a value or "]"/,
  ],
  [
    'an empty file',
    t => join(t.testdir({ 'c.json': '' }), 'c.json'),
    /c\.json:1:1: not JSON: found the end of the file/,
  ],
]

for (const [name, path, says] of unreadable)
  t.test(`unreadable: ${name}`, async t => {
    await t.rejects(readCluster(path(t)), { code: 'GEMMESH_CONFIG_UNREADABLE', message: says })
  })

t.test('a file with a byte order mark', async t => {
  const path = join(t.testdir({}), 'cluster.json')
  await writeFile(path, `\uFEFF${JSON.stringify(good())}`)
  t.equal((await readCluster(path)).assign.name, 'alpha')
})

t.test('a file that is no object', t => {
  for (const value of [null, 5, 'x', [], undefined]) t.equal(faultsOf(value).length, 1)
  t.end()
})
