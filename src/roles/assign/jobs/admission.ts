/** Who may become a member of the cluster: only a slave of the configuration, calling from its configured address. */
import type { Cluster } from '../../../config.ts'
import { GemmeshError } from '../../../errors.ts'
import { protocolVersion } from '../../../protocol/limits.ts'
import type { Register } from '../../../protocol/messages.ts'

/** GEMMESH_PROTOCOL_MISMATCH, GEMMESH_NODE_REFUSED. */
export function checkAdmission(
  { slaves }: Cluster,
  { protocolVersion: spoken, name, port }: Register,
  callerIp: string,
): void {
  if (spoken !== protocolVersion) {
    throw new GemmeshError(
      'GEMMESH_PROTOCOL_MISMATCH',
      `${name} speaks version ${spoken} of the protocol, master-assign version ${protocolVersion}: install the same gemmesh on both`,
    )
  }
  const slave = slaves.find(candidate => candidate.name === name)
  if (slave?.ip === callerIp && slave.port === port) return
  const known = slave === undefined ? 'has no slave of that name' : `has it at ${slave.ip}:${slave.port}`
  throw new GemmeshError(
    'GEMMESH_NODE_REFUSED',
    `${name} at ${callerIp}:${port} wants to register, but the configuration of master-assign ${known}: give all nodes the same file`,
  )
}
