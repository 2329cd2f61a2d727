/** `gemmesh node`: this process becomes a node of a cluster, until it is told to stop. */
import { hostname, networkInterfaces } from 'node:os'
import { pathToFileURL } from 'node:url'
import closeWithGrace from 'close-with-grace'
import { Command, Option } from 'commander'
import { pino } from 'pino'
import { identify, type Mode, modes, readCluster } from '../../config.ts'
import { GemmeshError } from '../../errors.ts'
import { configOption, envOption, withExamples, withOutputOptions } from '../options.ts'
import { type OutputOptions, Terminal } from '../terminal.ts'

interface NodeOptions extends OutputOptions {
  readonly config?: string
  readonly name?: string
  readonly mode?: Mode
  readonly data?: string
  readonly processors?: string
  readonly logLevel: string
  readonly untilStdinEnds?: true
}

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']
/** A node that cannot end its work within this time is ended anyway: no later than service managers do it. */
const closeWithinMs = 10_000

export function nodeCommand(): Command {
  const command = new Command('node')
    .summary('be a node of a cluster')
    .description(
      'Starts this process as the node of the cluster that it is by --name, else by its hostname, else by its addresses. What\n' +
        'it does follows from where it stands in the file: master-assign, master-combine, both, or slave. SIGINT or SIGTERM\n' +
        'ends it in good order.',
    )
    .addOption(configOption())
    .addOption(envOption('--name <name>', 'which node of the file this is', 'GEMMESH_NAME'))
    .addOption(
      envOption('--mode <mode>', 'which of its roles, where it has more than one', 'GEMMESH_MODE').choices(
        modes,
      ),
    )
    .addOption(
      envOption(
        '--data <folder>',
        'where it keeps matrices and results (default: one per user and name)',
        'GEMMESH_DATA',
      ),
    )
    .addOption(
      envOption(
        '--processors <folder>',
        'processors that master-assign serves (default: those installed)',
        'GEMMESH_PROCESSORS',
      ),
    )
    .addOption(
      envOption('--log-level <level>', 'how much it logs to stderr', 'GEMMESH_LOG_LEVEL')
        .choices(logLevels)
        .default('info'),
    )
    .addOption(
      new Option(
        '--until-stdin-ends',
        'end as well when standard input does: with the process that started it',
      ),
    )
    .action(beNode)
  return withExamples(withOutputOptions(command), [
    ['gemmesh node --config cluster.json', 'the node of this machine'],
    ['gemmesh node --config config/one-machine.json --name gamma', 'one of many nodes on this machine'],
    [
      'gemmesh node --config cluster.json --mode reduce --json',
      'only placing tiles; a line of JSON when it is ready',
    ],
  ])
}

async function beNode(options: NodeOptions): Promise<void> {
  if (!options.config)
    throw new GemmeshError(
      'GEMMESH_USAGE',
      'no configuration file is given: name it with --config, or set GEMMESH_CONFIG.',
    )
  const terminal = new Terminal(options)
  const cluster = await readCluster(options.config)
  const self = identify(cluster, {
    name: options.name,
    mode: options.mode,
    hostname: hostname(),
    addresses: ownAddresses(),
  })
  // Only a node needs what follows; the other commands start faster without it.
  const [{ startNode }, { dataFolder }] = await Promise.all([
    import('../../roles/node.ts'),
    import('../../store/folder.ts'),
  ])
  const level = options.quiet ? 'error' : options.logLevel
  const logger = pino({ name: self.name, level }, pino.destination({ dest: 2, sync: true }))
  const node = await startNode({
    cluster,
    self,
    logger,
    dataFolder: dataFolder({ data: options.data, environment: process.env, name: self.name }),
    processorFolder: options.processors === undefined ? undefined : pathToFileURL(`${options.processors}/`),
  })
  const closing = closeWithGrace({ delay: closeWithinMs, logger }, async ({ signal, err }) => {
    if (err) logger.error({ err }, 'closing after an unexpected error')
    else logger.info({ signal }, 'closing')
    await node.close()
  })
  if (options.untilStdinEnds) {
    process.stdin.once('close', () => closing.close())
    process.stdin.resume()
  }
  terminal.summary(`gemmesh node ${self.name} (${self.mode}) ready at ${node.origins.join(', ')}`)
  terminal.record('ready', { name: self.name, mode: self.mode, origins: node.origins, pid: process.pid })
  await node.closed
}

const ownAddresses = (): string[] =>
  Object.values(networkInterfaces())
    .flatMap(addresses => addresses ?? [])
    .filter(({ family }) => family === 'IPv4')
    .map(({ address }) => address)
