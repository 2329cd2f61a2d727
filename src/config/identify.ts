import { GemmeshError } from '../errors.ts'
import type { Cluster, NodeAddress, SlaveAddress } from './cluster.ts'

export const modes = ['assign-reduce', 'assign', 'reduce', 'slave'] as const
export type Mode = (typeof modes)[number]

/** What a process is in its cluster; only the roles of its mode are filled in. */
export interface Identity {
  readonly name: string
  readonly mode: Mode
  readonly assign?: NodeAddress
  readonly combine?: NodeAddress
  readonly slave?: SlaveAddress
}

export interface Clues {
  /** as --name says */
  readonly name?: string | undefined
  /** as --mode says */
  readonly mode?: Mode | undefined
  /** of the machine */
  readonly hostname: string
  /** IPv4 addresses of the machine */
  readonly addresses: readonly string[]
}

/** All that the file says of one name. */
interface Node {
  readonly name: string
  readonly ip: string
  readonly assign?: NodeAddress
  readonly combine?: NodeAddress
  readonly slave?: SlaveAddress
}

/**
 * Which node of the cluster this process is: by --name, else by hostname, else by IP address; its mode follows from
 * where it stands in the file unless --mode says it. GEMMESH_NODE_UNKNOWN where there is no node or more than one,
 * GEMMESH_MODE_CONFLICT where the file does not give the node the roles of the mode.
 */
export function identify(cluster: Cluster, clues: Clues): Identity {
  const nodes = listNodes(cluster)
  const [found, by] = find(nodes, clues)
  const { mode } = clues
  if (found.length === 0)
    throw new GemmeshError(
      'GEMMESH_NODE_UNKNOWN',
      `This node is not in the configuration: looked for ${by}, the file has ${describe(nodes)}. Say which one with --name, or add the node to the file.`,
    )
  const fitting = mode === undefined ? found : found.filter(node => possibleModes(node).includes(mode))
  const [node] = fitting
  if (node === undefined)
    throw new GemmeshError(
      'GEMMESH_MODE_CONFLICT',
      `--mode ${mode} contradicts the configuration: by ${by} this is ${describe(found)}. Leave --mode out, or say another node with --name.`,
    )
  if (fitting.length > 1)
    throw new GemmeshError(
      'GEMMESH_NODE_UNKNOWN',
      `This machine stands in the configuration more than once: by ${by} it is ${describe(fitting)}. Say which one with --name.`,
    )
  return as(node, mode ?? impliedMode(node))
}

function listNodes({ assign, combine, slaves }: Cluster): Node[] {
  const nodes = new Map<string, Node>()
  const add = (address: NodeAddress, role: Partial<Node>): void => {
    const key = address.name.toLowerCase()
    nodes.set(key, { name: address.name, ip: address.ip, ...nodes.get(key), ...role })
  }
  add(assign, { assign })
  add(combine, { combine })
  for (const slave of slaves) add(slave, { slave })
  return [...nodes.values()]
}

function find(nodes: readonly Node[], { name, hostname, addresses }: Clues): [found: Node[], by: string] {
  const named = (wanted: string) => nodes.filter(node => node.name.toLowerCase() === wanted.toLowerCase())
  if (name !== undefined) return [named(name), `the name "${name}"`]
  // A machine may know itself as alpha.example.org where the file says alpha.
  const [label = hostname] = hostname.split('.')
  const byHostname = [hostname, label].map(named).find(found => found.length > 0)
  if (byHostname !== undefined) return [byHostname, `the hostname "${hostname}"`]
  // Every address of 127.0.0.0/8 is this machine, though its network interface lists only the first.
  const local = nodes.filter(({ ip }) => ip.startsWith('127.') || addresses.includes(ip))
  return [local, `the hostname "${hostname}" and the addresses ${addresses.join(', ') || '(none)'}`]
}

function possibleModes({ assign, combine, slave }: Node): Mode[] {
  const masters: Mode[] = [
    ...(assign ? (['assign'] as const) : []),
    ...(combine ? (['reduce'] as const) : []),
  ]
  return [
    ...(masters.length === 2 ? (['assign-reduce'] as const) : []),
    ...masters,
    ...(slave ? (['slave'] as const) : []),
  ]
}

function impliedMode(node: Node): Mode {
  // A node that is both masters is both in one process, unless --mode takes them apart.
  const [first = 'slave'] = possibleModes(node)
  if (node.slave !== undefined && first !== 'slave')
    throw new GemmeshError(
      'GEMMESH_NODE_UNKNOWN',
      `${node.name} stands in the configuration as a master and as a slave: ${describe([node])}. Say which one this process is with --mode ${first} or --mode slave.`,
    )
  return first
}

function as({ name, assign, combine, slave }: Node, mode: Mode): Identity {
  const assigns = mode === 'assign' || mode === 'assign-reduce'
  const combines = mode === 'reduce' || mode === 'assign-reduce'
  return {
    name,
    mode,
    ...(assigns && assign ? { assign } : {}),
    ...(combines && combine ? { combine } : {}),
    ...(mode === 'slave' && slave ? { slave } : {}),
  }
}

const mostDescribed = 20

/** "alpha (assign, reduce; 10.0.0.1), gamma (slave; 10.0.0.3)", shortened where there are many. */
function describe(nodes: readonly Node[]): string {
  const shown = nodes
    .slice(0, mostDescribed)
    .map(node => `${node.name} (${possibleModes(node).join(', ')}; ${node.ip})`)
  const more = nodes.length - shown.length
  return shown.join(', ') + (more > 0 ? ` and ${more} more` : '')
}
