import t from 'tap'
import { type Clues, identify, type Mode, parseCluster } from '../../src/config.ts'

const apart = parseCluster(
  {
    'master-assign': { name: 'alpha', ip: '10.0.0.1' },
    'master-combine': { name: 'beta', ip: '10.0.0.2' },
    slaves: [
      { name: 'gamma', ip: '10.0.0.3', performance: 1 },
      { name: 'delta', ip: '10.0.0.4', performance: 2 },
    ],
  },
  'apart',
)
const together = parseCluster(
  {
    'master-assign': { name: 'one', ip: '10.0.0.1' },
    'master-combine': { name: 'one', ip: '10.0.0.1' },
    slaves: [
      { name: 'one', ip: '10.0.0.1', performance: 1 },
      { name: 'two', ip: '10.0.0.2', performance: 2 },
    ],
  },
  'together',
)
const masters = parseCluster(
  {
    'master-assign': { name: 'one', ip: '10.0.0.1' },
    'master-combine': { name: 'One', ip: '10.0.0.1' },
    slaves: [{ name: 'two', ip: '10.0.0.2', performance: 2 }],
  },
  'masters',
)
const loopback = parseCluster(
  {
    'master-assign': { name: 'alpha', ip: '127.0.0.1' },
    'master-combine': { name: 'beta', ip: '127.0.0.2' },
    slaves: [
      { name: 'gamma', ip: '127.0.0.3', performance: 1 },
      { name: 'delta', ip: '127.0.0.4', performance: 1 },
    ],
  },
  'loopback',
)

const elsewhere: Clues = { hostname: 'elsewhere', addresses: ['192.168.0.9'] }

const found: readonly [
  story: string,
  cluster: typeof apart,
  clues: Partial<Clues>,
  name: string,
  mode: Mode,
][] = [
  ['by name', apart, { name: 'alpha' }, 'alpha', 'assign'],
  ['by name, in another case', apart, { name: 'Beta' }, 'beta', 'reduce'],
  ['by name before hostname', apart, { name: 'gamma', hostname: 'alpha' }, 'gamma', 'slave'],
  ['by hostname', apart, { hostname: 'delta' }, 'delta', 'slave'],
  ['by hostname with a domain', apart, { hostname: 'delta.example.org' }, 'delta', 'slave'],
  ['by hostname before address', apart, { hostname: 'delta', addresses: ['10.0.0.1'] }, 'delta', 'slave'],
  ['by address', apart, { addresses: ['192.168.0.9', '10.0.0.2'] }, 'beta', 'reduce'],
  ['by the mode, of several on this machine', loopback, { mode: 'reduce' }, 'beta', 'reduce'],
  ['both masters', masters, { name: 'one' }, 'one', 'assign-reduce'],
  ['both masters, as one process of two', masters, { name: 'one', mode: 'reduce' }, 'one', 'reduce'],
  ['a master that is a slave too', together, { name: 'one', mode: 'slave' }, 'one', 'slave'],
  ['a slave that is a master too', together, { name: 'one', mode: 'assign-reduce' }, 'one', 'assign-reduce'],
  ['the other one', together, { name: 'two' }, 'two', 'slave'],
]

for (const [story, cluster, clues, name, mode] of found)
  t.test(`found: ${story}`, t => {
    const identity = identify(cluster, { ...elsewhere, ...clues })
    t.match(identity, { name, mode })
    t.equal(identity.assign !== undefined, mode === 'assign' || mode === 'assign-reduce')
    t.equal(identity.combine !== undefined, mode === 'reduce' || mode === 'assign-reduce')
    t.equal(identity.slave !== undefined, mode === 'slave')
    t.end()
  })

const refused: readonly [
  story: string,
  cluster: typeof apart,
  clues: Partial<Clues>,
  code: string,
  says: RegExp[],
][] = [
  [
    'a name that is not there',
    apart,
    { name: 'omega' },
    'GEMMESH_NODE_UNKNOWN',
    [/"omega"/, /alpha \(assign; 10\.0\.0\.1\)/, /beta \(reduce/, /gamma \(slave/, /delta/, /--name/],
  ],
  [
    'a machine that is not there',
    apart,
    {},
    'GEMMESH_NODE_UNKNOWN',
    [/"elsewhere"/, /192\.168\.0\.9/, /alpha/, /--name/],
  ],
  [
    'a name is not looked for elsewhere',
    apart,
    { name: 'omega', hostname: 'alpha' },
    'GEMMESH_NODE_UNKNOWN',
    [/omega/],
  ],
  [
    'many on one machine',
    loopback,
    {},
    'GEMMESH_NODE_UNKNOWN',
    [/more than once/, /alpha/, /beta/, /gamma/, /delta/, /--name/],
  ],
  [
    'many on one machine, of one mode',
    loopback,
    { mode: 'slave' },
    'GEMMESH_NODE_UNKNOWN',
    [/more than once/, /gamma \(slave/, /delta \(slave/, /--name/],
  ],
  [
    'a master and a slave without a mode',
    together,
    { name: 'one' },
    'GEMMESH_NODE_UNKNOWN',
    [/one \(assign-reduce, assign, reduce, slave/, /--mode assign-reduce or --mode slave/],
  ],
  [
    'a slave as a master',
    apart,
    { name: 'gamma', mode: 'assign' },
    'GEMMESH_MODE_CONFLICT',
    [/--mode assign/, /gamma \(slave/],
  ],
  [
    'both masters where only one is',
    apart,
    { name: 'alpha', mode: 'assign-reduce' },
    'GEMMESH_MODE_CONFLICT',
    [/--mode assign-reduce/, /alpha \(assign;/],
  ],
  ['a master as a slave', apart, { name: 'beta', mode: 'slave' }, 'GEMMESH_MODE_CONFLICT', [/beta \(reduce/]],
]

for (const [story, cluster, clues, code, says] of refused)
  t.test(`refused: ${story}`, t => {
    for (const message of says)
      t.throws(() => identify(cluster, { ...elsewhere, ...clues }), { code, message })
    t.end()
  })

t.test('a message stays readable with a thousand candidates', t => {
  const slaves = Array.from({ length: 1000 }, (_, index) => ({
    name: `slave-${index}`,
    ip: `10.1.${index >> 8}.${index & 255}`,
    performance: 1,
  }))
  const file = {
    'master-assign': { name: 'alpha', ip: '10.0.0.1' },
    'master-combine': { name: 'beta', ip: '10.0.0.2' },
    slaves,
  }
  t.throws(() => identify(parseCluster(file, 'many'), elsewhere), { message: /slave-17 .* and 982 more\./ })
  t.end()
})
