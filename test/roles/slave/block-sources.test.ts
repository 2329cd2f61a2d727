import { pino } from 'pino'
import { test } from 'tap'
import { GemmeshError } from '../../../src/errors.ts'
import type { BulkSink } from '../../../src/protocol/bulk.ts'
import { digestOf } from '../../../src/protocol/checksum.ts'
import { limits } from '../../../src/protocol/limits.ts'
import type { BlockLocation, LocateBlocks } from '../../../src/protocol/messages.ts'
import { BlockSources, type DirectReads, type Patience } from '../../../src/roles/slave/block-sources.ts'
import { type OperandDescription, operandPieces } from '../../../src/roles/slave/operand-pieces.ts'
import type { LinkOptions } from '../../../src/transport/link.ts'
import { MemoryLink } from '../../../src/transport/memory-link.ts'

const [assign, other] = ['http://127.0.0.1:1', 'http://127.0.0.5:1']
const operand = {
  ...{ matrix: 'a', rows: 8, columns: 8, blockRows: 4, blockColumns: 4, transposed: false, source: assign },
} satisfies OperandDescription
const blockBytes = 64

/** The blocks of an operand, row by row. */
const piecesOf = (of: OperandDescription = operand) =>
  operandPieces(of, 'float32', { start: 0, end: of.rows }, { start: 0, end: of.columns })

/** A whole block of sevens. */
async function sevens(sink: BulkSink, rows = 4): Promise<void> {
  await sink.begin({ dtype: 'float32', rows, columns: 4 })
  await sink.data(0, new Uint8Array(blockBytes / 2).fill(7))
  await sink.data(blockBytes / 2, new Uint8Array(blockBytes / 2).fill(7))
}

interface Mesh {
  /** What master-assign answers. */
  readonly locate?: (message: LocateBlocks) => readonly BlockLocation[]
  /** What the node at `origin` sends. */
  readonly serve?: (origin: string, sink: BulkSink, options: LinkOptions) => Promise<void>
  readonly direct?: DirectReads
  readonly patience?: Patience
}

/** A slave's sources in a mesh of which a test says what its nodes answer; and what they were asked. */
function withMesh({ locate, serve = (_, sink) => sevens(sink), ...options }: Mesh) {
  const asked: LocateBlocks[] = []
  const pulled: string[] = []
  class Link extends MemoryLink {
    override async call(...[to, route, message]: Parameters<MemoryLink['call']>) {
      if (route !== 'locateBlocks' || to !== assign) throw new Error(`nobody calls ${route} of ${to} here`)
      const request = message as LocateBlocks
      asked.push(request)
      const byItself = request.blocks.map((_, index) => ({ ticket: index + 1 }))
      return { locations: locate === undefined ? byItself : locate(request) } as never
    }

    override async pull(...[to, path, sink, how = {}]: Parameters<MemoryLink['pull']>) {
      pulled.push(`${to}${path}`)
      await serve(to, sink, how)
      return {
        header: { dtype: 'float32', rows: 4, columns: 4 },
        payloadBytes: blockBytes,
        digest: `of ${to}`,
      } as const
    }
  }
  const member = { name: 'gamma', incarnation: 'g1' }
  const logged: string[] = []
  const logger = pino({ level: 'info' }, { write: line => void logged.push(line) })
  const sources = new BlockSources({ link: new Link(new Map()), member, logger, ...options })
  const tickets: number[] = []
  const digests: string[] = []
  const fetch = async (piece: ReturnType<typeof piecesOf>[number] | undefined) => {
    if (piece === undefined) throw new Error('there is no such piece')
    const target = new Uint8Array(blockBytes)
    const { way, digest } = await sources.fetch(piece, target, ticket => tickets.push(ticket))
    digests.push(digest)
    return [way, target.every(byte => byte === 7)] as const
  }
  return { fetch, asked, pulled, tickets, digests, logged }
}

test('all blocks that are wanted in one turn are asked for at once, and come from whom the master names', async t => {
  const { fetch, asked, pulled, tickets } = withMesh({
    locate: ({ blocks }) =>
      blocks.map((_, index) => ({ ticket: 10 + index, ...(index === 1 && { origin: other }) })),
  })
  const ways = await Promise.all(piecesOf().map(fetch))
  t.same(ways, [
    ['fromMaster', true],
    ['fromSlaves', true],
    ['fromMaster', true],
    ['fromMaster', true],
  ])
  t.same(tickets, [10, 11, 12, 13])
  t.equal(asked.length, 1)
  t.match(asked[0], { name: 'gamma', incarnation: 'g1' })
  t.same(
    asked[0]?.blocks.map(({ row, column }) => [row, column]),
    [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ],
  )
  t.same(
    pulled.filter(path => path.startsWith(other)),
    [`${other}/mesh/v1/held/11/matrices/a/4x4/0/1`],
  )
  t.equal(pulled.length, 4)
})

test('more than one message may name are asked for in several', async t => {
  const rows = limits.blocksAtOnce + 1
  const { fetch, asked } = withMesh({ serve: (_, sink) => sevens(sink, 1) })
  const long = { ...operand, rows, columns: 4, blockRows: 1 }
  await Promise.all(piecesOf(long).map(fetch))
  t.same(
    asked.map(({ blocks }) => blocks.length),
    [limits.blocksAtOnce, 1],
  )
})

test('a master that names fewer than were asked for gives the rest itself', async t => {
  const { fetch } = withMesh({ locate: () => [{ ticket: 3, origin: other }] })
  const ways = await Promise.all(piecesOf().slice(0, 2).map(fetch))
  t.same(ways, [
    ['fromSlaves', true],
    ['fromMaster', true],
  ])
})

test('a slave that does not give a block costs no more than a pull: the master hears of it, and gives the block', async t => {
  const { fetch, asked, pulled } = withMesh({
    locate: ({ blocks, failed }) =>
      failed === undefined ? blocks.map(() => ({ ticket: 5, origin: other })) : [],
    serve: async (origin, sink) => {
      if (origin === other) throw new GemmeshError('GEMMESH_BLOCK_UNKNOWN', 'it has made room')
      await sevens(sink)
    },
  })
  t.same(await fetch(piecesOf()[2]), ['fromMaster', true])
  t.equal(pulled.length, 2)
  t.match(asked.slice(1), [{ failed: other, blocks: [{ matrix: 'a', row: 1, column: 0 }] }])
})

const atOther = ({ blocks }: LocateBlocks) => blocks.map((_, index) => ({ ticket: index, origin: other }))

test('so does one that falls silent before it begins, or later', async t => {
  const stopped = [false, true]
  const { fetch, pulled } = withMesh({
    patience: { silentMs: 1, waitingMs: 0 },
    locate: atOther,
    serve: async (origin, sink, { signal }) => {
      if (origin !== other) return sevens(sink)
      if (stopped.shift()) await sink.begin({ dtype: 'float32', rows: 4, columns: 4 })
      // As a machine that stands still: its connection stays.
      const { promise, reject } = Promise.withResolvers<never>()
      signal?.addEventListener('abort', () => reject(signal.reason))
      return promise
    },
  })
  t.same(await fetch(piecesOf()[0]), ['fromMaster', true])
  t.same(await fetch(piecesOf()[1]), ['fromMaster', true])
  t.equal(pulled.length, 4)
})

test('one that waits for the block itself is asked again, for a while', async t => {
  const waits = [true, true, false, true]
  const serve: Mesh['serve'] = async (origin, sink) => {
    if (origin === other && waits.shift()) throw new GemmeshError('GEMMESH_BLOCK_AWAITED', 'not yet')
    await sevens(sink)
  }
  const patient = withMesh({ patience: { silentMs: 60_000, waitingMs: 60_000 }, locate: atOther, serve })
  t.same(await patient.fetch(piecesOf()[0]), ['fromSlaves', true])
  t.equal(patient.pulled.length, 3)
  const impatient = withMesh({ patience: { silentMs: 60_000, waitingMs: 0 }, locate: atOther, serve })
  t.same(await impatient.fetch(piecesOf()[0]), ['fromMaster', true])
  t.equal(impatient.pulled.length, 2)
})

test('a block of another shape is refused, wherever it comes from', async t => {
  const { fetch } = withMesh({ serve: (_, sink) => sevens(sink, 2) })
  await t.rejects(fetch(piecesOf()[0]), {
    code: 'GEMMESH_TRANSFER_CORRUPT',
    message: /is 2x4 float32, expected 4x4 float32/,
  })
})

test('where the master cannot be asked, every block that was wanted fails with its reason', async t => {
  const { fetch } = withMesh({
    locate: () => {
      throw new GemmeshError('GEMMESH_NODE_UNREACHABLE', 'it is not there')
    },
  })
  const all = await Promise.allSettled(piecesOf().map(fetch))
  t.same(
    all.map(({ status }) => status),
    ['rejected', 'rejected', 'rejected', 'rejected'],
  )
})

test('files are read directly before anybody is asked, URLs before the master sends them', async t => {
  const read: string[] = []
  const direct = (mayFile: boolean, mayUrl: boolean): DirectReads => ({
    readFile: async (_, target) => {
      read.push('file')
      if (mayFile) target.fill(7)
      return mayFile
    },
    readUrl: async (_, target) => {
      read.push('url')
      if (mayUrl) target.fill(7)
      return mayUrl
    },
  })
  const inFile = { ...operand, file: { path: '/a.npy', sizeBytes: 384, modifiedUs: 0 } }
  const atUrl = { ...operand, url: { url: 'http://files/a.npy', sizeBytes: 384 } }
  const seen = withMesh({ direct: direct(true, true) })
  t.same(await seen.fetch(piecesOf(inFile)[0]), ['readDirectly', true])
  t.equal(seen.asked.length, 0)
  t.same(await seen.fetch(piecesOf(atUrl)[0]), ['readDirectly', true])
  t.equal(seen.asked.length, 1, 'another slave may have it')
  const unseen = withMesh({ direct: direct(false, false) })
  t.same(await unseen.fetch(piecesOf(inFile)[0]), ['fromMaster', true])
  t.same(await unseen.fetch(piecesOf(atUrl)[0]), ['fromMaster', true])
  t.same(read, ['file', 'url', 'file', 'url'])
  const swarm = withMesh({
    direct: direct(true, true),
    locate: ({ blocks }) => blocks.map(() => ({ ticket: 1, origin: other })),
  })
  t.same(await swarm.fetch(piecesOf(atUrl)[0]), ['fromSlaves', true])
})

test('a block that a slave gives damaged is said, and comes from its source', async t => {
  const { fetch, asked, digests, logged } = withMesh({
    locate: ({ blocks, failed }) =>
      failed === undefined ? blocks.map(() => ({ ticket: 5, origin: other })) : [],
    serve: async (origin, sink) => {
      await sevens(sink)
      if (origin === other) throw new GemmeshError('GEMMESH_TRANSFER_CORRUPT', 'its digest is another')
    },
  })
  t.same(await fetch(piecesOf()[1]), ['fromMaster', true])
  t.equal(asked[1]?.failed, other)
  t.same(digests, [`of ${assign}`])
  t.equal(logged.length, 1)
  t.match(logged[0], new RegExp(`"level":40.*"from":"${other}".*a slave gave a damaged block`))
})

test('the digest of a block is that of whoever read it first; of what a slave reads itself, its own', async t => {
  const direct = async (_: unknown, target: Uint8Array) => target.fill(7).length > 0
  const atUrl = { ...operand, url: { url: 'http://files/a.npy', sizeBytes: 384 } }
  const { fetch, digests } = withMesh({
    direct: { readFile: direct, readUrl: direct },
    locate: ({ blocks }) =>
      blocks.map(({ row }) => (row === 0 ? { ticket: 1, origin: other } : { ticket: 2 })),
  })
  const [ofSlave, ofMaster] = [piecesOf()[0], piecesOf()[2]]
  for (const piece of [ofSlave, ofMaster, piecesOf(atUrl)[2]]) await fetch(piece)
  t.same(digests, [`of ${other}`, `of ${assign}`, digestOf(new Uint8Array(blockBytes).fill(7))])
})

test('what arrives damaged from the source is asked for again, three times in all', async t => {
  for (const [damaged, pulls] of [
    [2, 3],
    [3, 3],
  ] as const) {
    let times = 0
    const { fetch, pulled } = withMesh({
      serve: async (_, sink) => {
        if (++times <= damaged) throw new GemmeshError('GEMMESH_TRANSFER_CORRUPT', 'a bit was flipped')
        await sevens(sink)
      },
    })
    const fetched = fetch(piecesOf()[0])
    if (damaged < pulls) t.equal((await fetched)[0], 'fromMaster')
    else await t.rejects(fetched, { code: 'GEMMESH_TRANSFER_CORRUPT' })
    t.equal(pulled.length, pulls)
  }
})
