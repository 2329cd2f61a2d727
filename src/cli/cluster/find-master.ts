/** Which master a command asks, from its options --config and --master and what the environment says in their place. */
import type { Command } from 'commander'
import { GemmeshError } from '../../errors.ts'
import type { Master } from './reach.ts'

export interface MasterOptions {
  readonly config?: string
  readonly master?: string
}

/** Of a flag before one of the environment, --master before --config; undefined where neither is said. */
export async function findMaster(
  { config, master }: MasterOptions,
  command: Command,
): Promise<Master | undefined> {
  const said = (name: string) => command.getOptionValueSource(name) === 'cli'
  if (said('config') && said('master'))
    throw new GemmeshError('GEMMESH_USAGE', '--config and --master both name a cluster: give one of them.')
  if (master && !said('config')) return { origin: master }
  if (!config) return undefined
  // Not config.ts: the schema's source, which it has too, takes a fifth of a second to load.
  const { origin, readCluster } = await import('../../config/cluster.ts')
  const { assign } = await readCluster(config)
  return { origin: origin(assign), start: `gemmesh node --config ${config} --name ${assign.name}` }
}

/** As findMaster, for commands that make no sense without one: GEMMESH_USAGE. */
export async function needMaster(options: MasterOptions, command: Command): Promise<Master> {
  const master = await findMaster(options, command)
  if (master !== undefined) return master
  throw new GemmeshError(
    'GEMMESH_USAGE',
    'no cluster is given: name its configuration file with --config, or the address of its master-assign with --master ' +
      '(or set GEMMESH_CONFIG or GEMMESH_MASTER).',
  )
}
