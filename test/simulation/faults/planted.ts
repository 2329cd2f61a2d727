/**
 * Bugs that are planted to see whether the simulator finds them: each makes one master a little forgetful, hasty or blind, at the
 * seam between a role and its world.
 */

import { type ReplyOf, type RequestOf, type RouteName, routeOf } from '../../../src/protocol/routes.ts'
import type { Journal, JournalRecord } from '../../../src/store/journal/journal.ts'
import type { Answers } from '../../../src/transport/answers.ts'
import type { Link } from '../../../src/transport/link.ts'
import type { Seams } from './seams.ts'
import type { Sim } from './sim.ts'

export type Planted = (sim: Sim) => Seams

const isAssigns = (path: string): boolean => path.endsWith('assign.journal')

/** The journal of one master, changed. */
const journalOf =
  (which: 'assign' | 'combine', change: (journal: Journal) => Partial<Journal>): Planted =>
  () => ({
    journal: (_life, path, journal) =>
      isAssigns(path) === (which === 'assign') ? { ...whole(journal), ...change(journal) } : journal,
  })

const whole = (journal: Journal): Journal => ({
  read: () => journal.read(),
  append: (...records) => journal.append(...records),
  rewrite: records => journal.rewrite(records),
  close: () => journal.close(),
})

/** Without records of a kind. */
const drops = (which: 'assign' | 'combine', kind: string): Planted =>
  journalOf(which, journal => ({
    append: (...records) => {
      const kept = records.filter(record => record.kind !== kind)
      return kept.length === 0 ? Promise.resolve() : journal.append(...kept)
    },
  }))

/** Says that it is durable, and sees to it afterwards. */
const hasty = (which: 'assign' | 'combine'): Planted =>
  journalOf(which, journal => ({
    async append(...records: readonly JournalRecord[]) {
      journal.append(...records).catch(() => {})
    },
  }))

/** Messages of a route, changed where they leave; undefined: lost, though it seems that they were heard. */
const sent =
  <R extends RouteName>(
    route: R,
    change: (message: RequestOf<R>, sim: Sim) => RequestOf<R> | undefined,
    reply?: ReplyOf<R>,
  ): Planted =>
  sim => ({
    link: (_life, link): Link => ({
      call: async (to, name, message, options) => {
        const { path, request } = routeOf(name)
        if (path !== routeOf(route).path) return link.call(to, name, message, options)
        const own = routeOf(route)
        const changed = change(own.request.decode(request.encode(message)), sim)
        if (changed !== undefined)
          return link.call(to, name, request.decode(own.request.encode(changed)), options)
        if (reply === undefined) return new Promise<never>(() => {})
        return routeOf(name).reply.decode(own.reply.encode(reply))
      },
      pull: (...rest) => link.pull(...rest),
      push: (...rest) => link.push(...rest),
      fetchBytes: (...rest) => link.fetchBytes(...rest),
      close: () => link.close(),
    }),
  })

/** Answers on a route, changed. */
const answered =
  <R extends RouteName>(
    route: R,
    change: (
      answer: (message: RequestOf<R>) => Promise<ReplyOf<R>>,
      message: RequestOf<R>,
    ) => Promise<ReplyOf<R>>,
  ): Planted =>
  () => ({
    answers(_role, _life, answers: Answers) {
      const { path, request, reply } = routeOf(route)
      const answer = answers.get(path)
      if (answer === undefined) return
      answers.set(path, async (body, caller) => {
        const ask = async (message: RequestOf<R>) =>
          reply.decode(await answer(request.encode(message), caller))
        return reply.encode(await change(ask, request.decode(body)))
      })
    },
  })

export const plantedBugs: Readonly<Record<string, Planted>> = {
  'a flush of a file does nothing': () => ({
    disk: (_life, disk) => ({
      ...disk,
      open: async (path, flags, mode) => ({
        ...(await disk.open(path, flags, mode)),
        sync: noted,
        datasync: noted,
      }),
    }),
  }),
  'a flush of tiles does nothing': () => ({
    disk: (_life, disk) => ({
      ...disk,
      open: async (path, flags, mode) => ({ ...(await disk.open(path, flags, mode)), datasync: noted }),
    }),
  }),
  'names are not flushed': () => ({ disk: (_life, disk) => ({ ...disk, syncFolder: noted }) }),
  'a write writes less than it says': sim => ({
    disk: (_life, disk) => ({
      ...disk,
      open: async (path, flags, mode) => {
        const file = await disk.open(path, flags, mode)
        return {
          ...file,
          write: async (source, offset, length, position) => {
            const less = sim.random.chance(0.01) ? Math.floor(length / 2) : length
            await file.write(source, offset, less, position)
            return { bytesWritten: length }
          },
        }
      },
    }),
  }),
  'the epoch is not kept': () => ({
    disk: (_life, disk) => ({
      ...disk,
      rename: (from, to) => (to.endsWith('/epoch') ? disk.remove(from) : disk.rename(from, to)),
    }),
  }),
  'assign answers before its journal is durable': hasty('assign'),
  'combine answers before its journal is durable': hasty('combine'),
  'combine forgets tiles': drops('combine', 'placed'),
  'combine forgets that jobs were opened': drops('combine', 'opened'),
  'assign forgets jobs': drops('assign', 'submitted'),
  'assign forgets plans': drops('assign', 'planned'),
  'assign forgets how jobs ended': drops('assign', 'ended'),
  'assign forgets keys': drops('assign', 'key'),
  'assign takes each submission for a new one': () => ({
    users: (_life, users) => ({
      ...methodsOf(users),
      submit: request => users.submit(request),
    }),
  }),
  'compaction loses the last record': journalOf('assign', journal => ({
    rewrite: records => journal.rewrite(records.slice(0, -1)),
  })),
  'a tile is acknowledged before it is placed': () => ({
    takeTile: (_life, take) => async (job, transfer) => {
      await new Promise<void>(resolve => {
        take(job, async sink => {
          const received = await transfer(sink)
          resolve()
          return received
        }).catch(() => resolve())
      })
    },
  }),
  'tiles are not checked': sent('openJob', message => ({ ...message, verificationSeed: undefined })),
  'the epoch of an attempt is ignored': () => ({
    takeTile: (_life, take) => (job, transfer) =>
      take(job, sink =>
        transfer({
          begin: header =>
            sink.begin(header.id === undefined ? header : { ...header, id: { ...header.id, epoch: 1 } }),
          data: (offset, bytes) => sink.data(offset, bytes),
        }),
      ),
  }),
  'no lease ever ends': () => ({
    cluster: cluster => ({ ...cluster, options: { ...cluster.options, leaseMs: 10 ** 9 } }),
  }),
  'damaged messages are taken': () => ({
    network: network => {
      network.checksMessages = false
    },
  }),
  'a flush that fails is taken for one that does not': () => ({
    disk: (_life, disk) => ({
      ...disk,
      open: async (path, flags, mode) => {
        const file = await disk.open(path, flags, mode)
        return { ...file, sync: () => file.sync().catch(noted), datasync: () => file.datasync().catch(noted) }
      },
    }),
  }),
  'the clock of the wall is taken for time': () => ({
    world: (_life, world) => ({ ...world, now: () => world.wallNow() }),
  }),
  'nothing is said again': () => ({
    world: (_life, world) => ({ ...world, delay: () => new Promise(() => {}) }),
  }),
  'that a job is sealed is not said': sent('jobSealed', () => undefined, {}),
  'that a tile is placed is not said': sent('unitPlaced', () => undefined, {}),
  'that a job is over is not said': sent('abortJob', () => undefined, {}),
  'ids of jobs repeat': () => ({
    world: (_life, world) => ({ ...world, randomId: () => '00000000-0000-4000-8000-000000000001' }),
  }),
  'what is placed is not answered': answered('openJob', async (answer, message) => ({
    ...(await answer(message)),
    placed: [],
  })),
  'an unknown slave is not asked to register': answered('heartbeat', async (answer, message) => ({
    ...(await answer(message)),
    registerAgain: false,
  })),
  'a unit of a message is one too many': answered('unitPlaced', (answer, message) =>
    answer({ ...message, id: { ...message.id, unit: message.id.unit + 1 } }),
  ),
}

async function noted(): Promise<void> {}

/** A class instance's methods, to be spread. */
function methodsOf<T extends object>(instance: T): T {
  return new Proxy(instance, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key)
      return typeof value === 'function' ? value.bind(target) : value
    },
    ownKeys: target => Reflect.ownKeys(Object.getPrototypeOf(target)),
    getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
  })
}
