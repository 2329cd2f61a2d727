/** The part of `gemmesh doctor` that asks every node of a cluster whether it is up. */
import { type ClusterView, connect, health } from '../../client/index.ts'
import { type Cluster, origin, readCluster } from '../../config.ts'
import { asGemmeshError, GemmeshError } from '../../errors.ts'
import { reasonOf } from '../cluster/reach.ts'
import { renderTable } from '../table.ts'
import type { Terminal } from '../terminal.ts'
import { formatRate, roundedFigure } from '../units.ts'

interface NodeFinding {
  readonly name: string
  /** As the configuration has them: assign, combine, slave. */
  readonly roles: readonly string[]
  readonly origin: string
  readonly up: boolean
  readonly version?: string
  /** What is wrong with it. */
  readonly fault?: string
}

/** GEMMESH_NODE_UNREACHABLE, with a fault for each, where nodes do not answer or are not what they should be. */
export async function examineCluster(path: string, terminal: Terminal): Promise<void> {
  const cluster = await readCluster(path)
  const findings = await Promise.all(expectedNodes(cluster).map(node => examineNode(node, path)))
  const slaves = await knownSlaves(cluster)
  terminal.print(`\ncluster of ${path}`)
  terminal.print(
    renderTable(
      ['node', 'roles', 'address', 'state', 'version', 'performance', 'measured'],
      findings.map(node => [
        node.name,
        node.roles.join(', '),
        node.origin,
        node.fault === undefined
          ? ['up', slaves.get(node.name)?.state].filter(Boolean).join(', ')
          : 'not well',
        node.version ?? '',
        showPerformance(slaves.get(node.name)),
        showMeasured(slaves.get(node.name)),
      ]),
    ),
  )
  terminal.record('cluster', {
    file: path,
    nodes: findings.map(node => {
      const known = slaves.get(node.name)
      return known === undefined ? node : { ...node, slave: known.state, ...measurements(known) }
    }),
  })
  const faults = findings.flatMap(({ fault }) => fault ?? [])
  if (faults.length > 0)
    throw new GemmeshError(
      'GEMMESH_NODE_UNREACHABLE',
      `${faults.length} of ${findings.length} nodes of ${path} are not well:`,
      { faults },
    )
}

type KnownSlave = ClusterView['slaves'][number]

const measurements = ({ performance, measured, own, links }: KnownSlave) => ({
  performance,
  measured,
  links,
  ...(own !== undefined && { own }),
})

const showPerformance = (slave: KnownSlave | undefined) =>
  slave === undefined ? '' : roundedFigure(slave.performance)

/** Beside the configured figure: what jobs say of each kind of work, else what the slave measured of itself. */
function showMeasured(slave: KnownSlave | undefined): string {
  if (slave === undefined) return ''
  const kinds = slave.measured.map(({ semiring, dtype, figure, gflops }) => {
    const kind = semiring === 'plus-times' ? dtype : `${dtype} ${semiring}`
    return `${figure.toPrecision(3)} in ${kind} (${formatRate(gflops)} GFLOPS)`
  })
  if (kinds.length > 0) return kinds.join(', ')
  const { own } = slave
  return own === undefined
    ? 'not yet'
    : `by itself ${formatRate(own.float32)} and ${formatRate(own.float64)} GFLOPS`
}

type Expected = Pick<NodeFinding, 'name' | 'roles' | 'origin'>

/** One for each address: both masters on one address are one process. */
function expectedNodes({ assign, combine, slaves }: Cluster): readonly Expected[] {
  const expected = new Map<string, Expected>()
  const members = [
    { ...assign, role: 'assign' },
    { ...combine, role: 'combine' },
    ...slaves.map(slave => ({ ...slave, role: 'slave' })),
  ]
  for (const { role, ...address } of members) {
    const at = origin(address)
    const roles = [...(expected.get(at)?.roles ?? []), role]
    expected.set(at, { name: address.name, roles, origin: at })
  }
  return [...expected.values()]
}

async function examineNode(node: Expected, path: string): Promise<NodeFinding> {
  const { name, roles, origin } = node
  try {
    const found = await health(origin)
    const up = { ...node, up: true, version: found.version }
    return found.name === name
      ? up
      : { ...up, fault: `${origin} should be ${name}, but ${found.name} answers there.` }
  } catch (error) {
    const reason = reasonOf(asGemmeshError(error))
    const start = `gemmesh node --config ${path} --name ${name}`
    return {
      ...node,
      up: false,
      fault: `${name} (${roles.join(', ')}) does not answer at ${origin} (${reason}). Start it on its machine: ${start}`,
    }
  }
}

/** What master-assign knows of its slaves; nothing where it does not answer, which is said elsewhere. */
async function knownSlaves({ assign }: Cluster): Promise<ReadonlyMap<string, KnownSlave>> {
  try {
    const cluster = await connect(origin(assign))
    try {
      const { slaves } = await cluster.info()
      return new Map(slaves.map(slave => [slave.name, slave]))
    } finally {
      await cluster.close()
    }
  } catch {
    return new Map()
  }
}
