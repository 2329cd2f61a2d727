import { bytesText, parseBytes } from './bytes.ts'
import { fault, isRecord } from './faults.ts'
import {
  defaultOptions,
  defaultPorts,
  leastQuotaBytes,
  leastSlaveMemoryBytes,
  leastUploadLimitBytes,
} from './options.ts'
import { clusterSchema, fits } from './schema-file.ts'

/**
 * The faults that lie between values that are right by themselves: names, addresses and options that do not fit
 * together. It looks only at what the schema accepts, so that one wrong field does not hide the faults of others.
 */
export function meaningFaults(file: unknown): string[] {
  if (!isRecord(file)) return []
  const entries = listEntries(file)
  return [...clashes(entries), ...smallMemory(entries), ...optionFaults(file.options)]
}

interface Entry {
  readonly place: string
  readonly role: 'assign' | 'combine' | 'slave'
  readonly name: string | undefined
  readonly ip: string | undefined
  readonly port: number | undefined
  readonly memory: unknown
}

const {
  name: nameSchema = {},
  ip: ipSchema = {},
  port: portSchema = {},
} = clusterSchema.properties?.['master-assign']?.properties ?? {}

function listEntries(file: Record<string, unknown>): Entry[] {
  const slaves: unknown[] = Array.isArray(file.slaves) ? file.slaves : []
  return [
    entry('master-assign', 'assign', file['master-assign']),
    entry('master-combine', 'combine', file['master-combine']),
    ...slaves.map((slave, index) => entry(`slaves[${index}]`, 'slave', slave)),
  ].filter(found => found !== undefined)
}

function entry(place: string, role: Entry['role'], value: unknown): Entry | undefined {
  if (!isRecord(value)) return undefined
  const { name, ip, memory, port = defaultPorts[role] } = value
  return {
    place,
    role,
    name: typeof name === 'string' && fits(nameSchema, name) ? name : undefined,
    ip: typeof ip === 'string' && fits(ipSchema, ip) ? ip : undefined,
    port: typeof port === 'number' && fits(portSchema, port) ? port : undefined,
    memory,
  }
}

/** One name for two nodes, one node listed twice among the slaves, one ip and port for two nodes. */
function clashes(entries: readonly Entry[]): string[] {
  const faults: string[] = []
  const byName = new Map<string, Entry>()
  const slaveByName = new Map<string, Entry>()
  const byAddress = new Map<string, Entry>()
  for (const node of entries) {
    // Hostnames do not differ by case alone.
    const key = node.name?.toLowerCase()
    const twin = key === undefined || node.role !== 'slave' ? undefined : slaveByName.get(key)
    const namesake = key === undefined ? undefined : byName.get(key)
    const socket = node.ip === undefined || node.port === undefined ? undefined : `${node.ip}:${node.port}`
    const holder = socket === undefined ? undefined : byAddress.get(socket)

    if (twin !== undefined) {
      faults.push(fault(`${node.place}.name`, node.name, `a name of its own: ${twin.place} has this one`))
    } else if (namesake?.ip !== undefined && node.ip !== undefined && namesake.ip !== node.ip) {
      const wanted = `"${namesake.ip}", the ip of ${namesake.place}, which has the same name "${namesake.name}"`
      faults.push(fault(`${node.place}.ip`, node.ip, `${wanted}, or another name`))
    }
    // A slave that is listed twice is one fault, not two.
    if (holder !== undefined && holder !== twin) {
      faults.push(
        `${node.place}: found ${socket}, wanted an ip and port of its own: ${holder.place} has these (the default ports are ${defaultPorts.assign}, ${defaultPorts.combine} and ${defaultPorts.slave})`,
      )
    }
    if (key !== undefined && namesake === undefined) byName.set(key, node)
    if (key !== undefined && node.role === 'slave' && twin === undefined) slaveByName.set(key, node)
    if (socket !== undefined && holder === undefined) byAddress.set(socket, node)
  }
  return faults
}

/** Memory said as text, too small: as a number the schema itself refuses it. */
function smallMemory(entries: readonly Entry[]): string[] {
  return entries.flatMap(({ place, memory }) => tooFewBytes(`${place}.memory`, memory, leastSlaveMemoryBytes))
}

function optionFaults(options: unknown): string[] {
  if (!isRecord(options)) return []
  const faults = [
    ...tooFewBytes('options.slave-memory', options['slave-memory'], leastSlaveMemoryBytes),
    ...tooFewBytes('options.upload-limit', options['upload-limit'], leastUploadLimitBytes),
    ...tooFewBytes('options.matrix-quota', options['matrix-quota'], leastQuotaBytes),
    ...tooFewBytes('options.result-quota', options['result-quota'], leastQuotaBytes),
  ]
  const {
    'heartbeat-ms': heartbeatMs = defaultOptions.heartbeatMs,
    'lease-ms': leaseMs = defaultOptions.leaseMs,
  } = options
  if (typeof heartbeatMs === 'number' && typeof leaseMs === 'number' && leaseMs < 3 * heartbeatMs)
    faults.push(
      fault(
        'options.lease-ms',
        leaseMs,
        `at least ${3 * heartbeatMs}, three times the heartbeat-ms of ${heartbeatMs}`,
      ),
    )
  return faults
}

function tooFewBytes(place: string, value: unknown, leastBytes: number): string[] {
  if (typeof value !== 'string' || !bytesText.test(value)) return []
  const bytes = parseBytes(value)
  if (bytes === undefined) return [fault(place, value, 'a whole count of bytes')]
  return bytes < leastBytes ? [fault(place, value, `at least ${leastBytes} bytes`)] : []
}
