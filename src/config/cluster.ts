import { readFile, stat } from 'node:fs/promises'
import { GemmeshError } from '../errors.ts'
import { parseBytes } from './bytes.ts'
import { schemaFaults } from './faults.ts'
import { parseJson } from './json.ts'
import { meaningFaults } from './meaning.ts'
import { defaultOptions, defaultPorts, type Options } from './options.ts'
import type { ClusterFile, OptionsFile } from './schema.ts'
import { clusterSchema } from './schema-file.ts'

/** Where a node of the cluster is; its port filled in. */
export interface NodeAddress {
  readonly name: string
  /** IPv4, dotted decimal */
  readonly ip: string
  readonly port: number
}

export interface SlaveAddress extends NodeAddress {
  /** positive, relative to the other slaves */
  readonly performance: number
  /** absent: the cores the slave may really use */
  readonly threads?: number
  /** for blocks and tiles, bytes; absent: `options.slaveMemoryBytes` */
  readonly memory?: number
}

/** The configuration file, checked, with every default filled in. */
export interface Cluster {
  readonly assign: NodeAddress
  readonly combine: NodeAddress
  readonly slaves: readonly SlaveAddress[]
  readonly options: Options
}

const mostFileBytes = 16 * 2 ** 20

/** The cluster that the file at `path` describes; GEMMESH_CONFIG_UNREADABLE or GEMMESH_CONFIG_INVALID. */
export async function readCluster(path: string): Promise<Cluster> {
  return parseCluster(parseJson(await readText(path), path), path)
}

/**
 * The cluster that `value`, the JSON of a configuration file, describes. `name` says in messages where it is from.
 * GEMMESH_CONFIG_INVALID lists every fault with its place, what was found and what is wanted.
 */
export function parseCluster(value: unknown, name: string): Cluster {
  const ofSchema = schemaFaults(clusterSchema, value)
  const faults = [...ofSchema, ...meaningFaults(value)]
  if (faults.length > 0 || !isClusterFile(value, ofSchema)) {
    const count = faults.length === 1 ? 'a fault' : `${faults.length} faults`
    throw new GemmeshError('GEMMESH_CONFIG_INVALID', [`${name} has ${count}:`, ...faults].join('\n  '), {
      faults,
    })
  }
  return {
    assign: address(value['master-assign'], defaultPorts.assign),
    combine: address(value['master-combine'], defaultPorts.combine),
    slaves: value.slaves.map(slave => {
      const memory = slave.memory === undefined ? undefined : parseBytes(slave.memory)
      return {
        ...address(slave, defaultPorts.slave),
        performance: slave.performance,
        ...(slave.threads === undefined ? {} : { threads: slave.threads }),
        ...(memory === undefined ? {} : { memory }),
      }
    }),
    options: resolveOptions(value.options ?? {}),
  }
}

/** The schema that it has no faults against is made from the one that the type is of. */
const isClusterFile = (_: unknown, faults: readonly string[]): _ is ClusterFile => faults.length === 0

/** http://ip:port */
export const origin = (node: NodeAddress): string => `http://${node.ip}:${node.port}`

const address = (node: { name: string; ip: string; port?: number }, port: number): NodeAddress => ({
  name: node.name,
  ip: node.ip,
  port: node.port ?? port,
})

function resolveOptions(file: OptionsFile): Options {
  const bytes = (value: number | string | undefined, byDefault: number): number =>
    value === undefined ? byDefault : (parseBytes(value) ?? byDefault)
  return {
    heartbeatMs: file['heartbeat-ms'] ?? defaultOptions.heartbeatMs,
    leaseMs: file['lease-ms'] ?? defaultOptions.leaseMs,
    attempts: file.attempts ?? defaultOptions.attempts,
    suspicionThreshold: file['suspicion-threshold'] ?? defaultOptions.suspicionThreshold,
    restMs: file['rest-ms'] ?? defaultOptions.restMs,
    restLimitMs: file['rest-limit-ms'] ?? defaultOptions.restLimitMs,
    unitsAtHand: file['units-at-hand'] ?? defaultOptions.unitsAtHand,
    unitEdge: file['unit-edge'] ?? defaultOptions.unitEdge,
    blockEdge: file['block-edge'] ?? defaultOptions.blockEdge,
    measuredPerformance: file['measured-performance'] ?? defaultOptions.measuredPerformance,
    planGraceMs: file['plan-grace-ms'] ?? defaultOptions.planGraceMs,
    verify: file.verify ?? defaultOptions.verify,
    slaveMemoryBytes: bytes(file['slave-memory'], defaultOptions.slaveMemoryBytes),
    uploadLimitBytes: bytes(file['upload-limit'], defaultOptions.uploadLimitBytes),
    matrixAgeHours: file['matrix-age-hours'] ?? defaultOptions.matrixAgeHours,
    matrixQuotaBytes: bytes(file['matrix-quota'], defaultOptions.matrixQuotaBytes),
    resultAgeHours: file['result-age-hours'] ?? defaultOptions.resultAgeHours,
    resultQuotaBytes: bytes(file['result-quota'], defaultOptions.resultQuotaBytes),
    operandFolders: file['operand-folders'] ?? defaultOptions.operandFolders,
    operandUrls: file['operand-urls'] ?? defaultOptions.operandUrls,
  }
}

async function readText(path: string): Promise<string> {
  const unreadable = (why: string, remedy: string, cause?: unknown) =>
    new GemmeshError('GEMMESH_CONFIG_UNREADABLE', `${path}: ${why}. ${remedy}`, { cause })
  try {
    const info = await stat(path)
    if (!info.isFile())
      throw unreadable('is not a file', "Name the cluster's JSON file, such as config/one-machine.json.")
    if (info.size > mostFileBytes)
      throw unreadable(`has ${info.size} bytes, the limit is ${mostFileBytes}`, 'Is it another file?')
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof GemmeshError) throw error
    throw unreadable(
      `cannot be read (${error instanceof Error ? error.message : String(error)})`,
      'Check the path and its permissions.',
      error,
    )
  }
}
