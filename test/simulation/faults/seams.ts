/** Where somebody may look on, or meddle, between a master's roles and their world. */

import type { UsersService } from '../../../src/api/users-api.ts'
import type { Cluster } from '../../../src/config.ts'
import type { GemmeshError } from '../../../src/errors.ts'
import type { Disk } from '../../../src/formats/disk.ts'
import type { CombineRole } from '../../../src/roles/combine/combine-role.ts'
import type { World } from '../../../src/roles/world.ts'
import type { Journal } from '../../../src/store/journal/journal.ts'
import type { Answers } from '../../../src/transport/answers.ts'
import type { Link } from '../../../src/transport/link.ts'
import type { Life } from './sim.ts'
import type { SimNetwork } from './sim-network.ts'

export type RoleName = 'assign' | 'combine'

/** Each may give another one in the place of what it gets. */
export interface Seams {
  cluster?(cluster: Cluster): Cluster
  network?(network: SimNetwork): void
  link?(life: Life, link: Link): Link
  disk?(life: Life, disk: Disk): Disk
  journal?(life: Life, path: string, journal: Journal): Journal
  world?(life: Life, world: World): World
  users?(life: Life, users: UsersService): UsersService
  /** What master-combine does with a tile that arrives. */
  takeTile?(life: Life, take: CombineRole['takeTile']): CombineRole['takeTile']
  /** May change the table. */
  answers?(role: RoleName, life: Life, answers: Answers): void
  /** A process that could not open its roles. */
  notStarted?(life: Life, error: GemmeshError): void
}
