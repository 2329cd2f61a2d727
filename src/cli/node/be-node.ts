/** This process as a node, from its start to its end in good order. */
import { hostname } from 'node:os'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import closeWithGrace from 'close-with-grace'
import { pino } from 'pino'
import { identify, type Mode, readCluster } from '../../config.ts'
import { GemmeshError } from '../../errors.ts'
import { startNode } from '../../roles/node.ts'
import { dataFolder } from '../../store/folder.ts'
import { spareCollections } from '../spare-collections.ts'
import { type OutputOptions, Terminal } from '../terminal.ts'
import { ownAddresses } from './own-addresses.ts'

export interface NodeOptions extends OutputOptions {
  readonly config?: string
  readonly name?: string
  readonly mode?: Mode
  readonly data?: string
  readonly processors?: string
  readonly logLevel: string
  readonly untilStdinEnds?: true
}

/** How long a slave that is told to end may take to finish the unit it is at. */
const drainWithinMs = 60_000
/** A node that cannot end within this time is ended anyway, before service managers do it (systemd: 90 s). */
const closeWithinMs = drainWithinMs + 10_000

/** Resolves when the node has ended; rejects with why it could not start or go on. */
export async function beNode(options: NodeOptions): Promise<void> {
  if (!options.config)
    throw new GemmeshError(
      'GEMMESH_USAGE',
      'no configuration file is given: name it with --config, or set GEMMESH_CONFIG.',
    )
  spareCollections()
  const terminal = new Terminal(options)
  const cluster = await readCluster(options.config)
  const self = identify(cluster, {
    name: options.name,
    mode: options.mode,
    hostname: hostname(),
    addresses: ownAddresses(),
  })
  const level = options.quiet ? 'error' : options.logLevel
  const logger = pino({ level, base: { pid: process.pid } }, pino.destination({ dest: 2, sync: true }))
  const node = await startNode({
    cluster,
    self,
    logger,
    dataFolder: dataFolder({ data: options.data, environment: process.env, name: self.name }),
    processorFolder:
      options.processors === undefined ? undefined : pathToFileURL(`${resolve(options.processors)}/`),
  })
  const closing = closeWithGrace({ delay: closeWithinMs, logger }, async ({ signal, err }) => {
    if (err) logger.error({ err }, 'closing after an unexpected error')
    else logger.info({ signal }, 'closing')
    // Without a signal, whoever started this node is gone: nobody waits for what it would finish.
    if (signal === undefined) await node.close()
    else await node.drain(drainWithinMs)
  })
  if (options.untilStdinEnds) {
    process.stdin.once('end', closing.close)
    process.stdin.once('error', closing.close)
    process.stdin.resume()
  }
  terminal.summary(`gemmesh node ${self.name} (${self.mode}) ready at ${node.origins.join(', ')}`)
  terminal.record('ready', { name: self.name, mode: self.mode, origins: node.origins, pid: process.pid })
  await node.closed
}
