/** What every role gets from the node that hosts it. */
import type { FastifyBaseLogger } from 'fastify'
import type { Cluster } from '../config.ts'
import type { Disk } from '../formats/disk.ts'
import type { Journal } from '../store/journal/journal.ts'
import type { Link } from '../transport/link.ts'
import type { Traffic } from '../transport/traffic.ts'
import type { World } from './world.ts'

export interface Shell {
  readonly cluster: Cluster
  /** Of the node, as in the configuration. */
  readonly name: string
  readonly dataFolder: string
  readonly link: Link
  /** What passes through the role, for its health and for the proof of what does not. */
  readonly traffic: Traffic
  readonly logger: FastifyBaseLogger
  /** Time and chance: the machine's, or a simulation's. */
  readonly world: World
  /** Likewise, with what is kept of epochs, results and measurements. */
  readonly disk: Disk
  /** At this path, for one role alone; as SqliteJournal.open. */
  openJournal(path: string): Promise<Journal>
}
