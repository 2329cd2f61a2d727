/** One of the two processes of bench/wire.ts: it serves its end of every hop, and drives those that begin with it. */
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer as createWebServer } from 'node:http'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import { Agent } from 'undici'
import { NpyReader } from '../src/formats/npy-reader.ts'
import { NpyWriter } from '../src/formats/npy-writer.ts'
import { readStrips } from '../src/formats/strips.ts'
import type { BulkSink, Original } from '../src/protocol/bulk.ts'
import { digestOf } from '../src/protocol/checksum.ts'
import type { BulkHeader, OpenJob } from '../src/protocol/messages.ts'
import { bulkPatterns } from '../src/protocol/routes.ts'
import { CombineJob } from '../src/roles/combine/combine-job.ts'
import { HttpLink } from '../src/transport/http-link.ts'
import { receiveChunks, serveChunks } from '../src/transport/serve.ts'
import { buildServer } from '../src/transport/server.ts'
import { Traffic } from '../src/transport/traffic.ts'
import { TileVectors } from '../src/verification/checks/tile-vectors.ts'

export type Hop = (typeof hops)[number]
export const hops = ['socket', 'http', 'block', 'tile', 'block from file', 'tile to file'] as const

/** From bench/wire.ts. `socket` and `web` are ports, `mesh` is an origin, all of the other end. */
export type Order =
  | { readonly do: 'meet'; readonly socket: number; readonly web: number; readonly mesh: string }
  | {
      readonly do: 'move'
      readonly hop: Hop
      readonly bytes: number
      readonly count: number
      readonly lanes: number
    }
  | { readonly do: 'say cpu' }

const MiB = 2 ** 20
/** Float32; blocks and tiles have so many columns, the files that hold them four times as many. */
const columns = 1024
const fileColumns = 4 * columns
const largestBytes = 64 * MiB

/** What is sent, or where it arrives: shared memory, as between the threads of a node. */
const memory = new Uint8Array(new SharedArrayBuffer(largestBytes))
new Uint32Array(memory.buffer).forEach((_, index, words) => {
  words[index] = Math.imul(index, 2654435761)
})
const headerOf = (bytes: number): BulkHeader => ({ dtype: 'float32', rows: bytes / (columns * 4), columns })
const tileHeader = (bytes: number): BulkHeader => ({
  ...headerOf(bytes),
  id: { job: 'bench', unit: 0, attempt: 1, epoch: 1 },
  slave: 'gamma',
})
const into: BulkSink = { begin() {}, data: (offset, bytes) => memory.set(bytes, offset) }

/** Of a block that a slave lends: known since it came. By the bytes it has. */
const originals = new Map<number, Original>()
function originalOf(payload: Uint8Array): Original {
  const onDamaged = () => {
    throw new Error('what was sent is not what it was')
  }
  const original = originals.get(payload.length) ?? { digest: digestOf(payload), onDamaged }
  originals.set(payload.length, original)
  return original
}

const folder = mkdtempSync(join(tmpdir(), 'gemmesh-wire-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

/** The views that a node sends: of at most 1 MiB, the next when the socket wants more. */
async function writeAll(target: Writable, bytes: number): Promise<void> {
  for (let at = 0; at < bytes; at += MiB)
    if (!target.write(memory.subarray(at, Math.min(bytes, at + MiB)))) await once(target, 'drain')
}

// ---- what each end serves ----

const socketServer = createServer({ noDelay: true }, socket => {
  socket.on('data', request => void writeAll(socket, Number(request.toString())))
  socket.on('error', () => {})
})
const webServer = createWebServer((request, response) => {
  const bytes = Number(request.url?.slice(1))
  response.writeHead(200, { 'content-length': bytes })
  void writeAll(response, bytes).then(() => response.end())
})

const reader = await matrixFile(join(folder, 'operand.npy'))
const mesh = buildServer({ name: 'bench', counters: new Traffic() })
serveChunks(mesh, bulkPatterns.block, async ({ params }) => {
  const header = headerOf(Number(params.column))
  if (params.matrix === 'memory') {
    const payload = memory.subarray(0, Number(params.column))
    return { header, payload: [payload], original: originalOf(payload) }
  }
  const block = { row: 0, column: columns, rows: header.rows, columns }
  return { header, payload: await readStrips(block, 4, (strip, target) => reader.read(strip, target)) }
})
receiveChunks(mesh, bulkPatterns.tile, async ({ params }, receive) => {
  if (params.job === 'memory') return void (await receive(into))
  const { rows } = headerOf(Number(params.unit))
  const path = join(folder, `${process.hrtime.bigint()}.npy`)
  const writer = await NpyWriter.create(path, { dtype: 'float32', rows, columns: fileColumns, dimensions: 2 })
  const rest = { row: 0, column: columns, rows, columns: fileColumns - columns }
  const tiles = [{ row: 0, column: 0, rows, columns }, rest]
  const job: OpenJob = {
    ...{ job: 'bench', dtype: 'float32', rows, columns: fileColumns, dimensions: 2, tiles },
    ...{ replyTo: 'http://127.0.0.1:1', semiring: 'plus-times', layers: 1, exact: false },
  }
  const journal = { placed: async () => {}, wrong: async () => {} }
  const options = { journal, vectors: new TileVectors() }
  try {
    await new CombineJob(job, writer, options).receive(receive)
  } finally {
    await writer.close()
    rmSync(path)
  }
})

async function matrixFile(path: string): Promise<NpyReader> {
  const rows = largestBytes / (columns * 4)
  const writer = await NpyWriter.create(path, { dtype: 'float32', rows, columns: fileColumns, dimensions: 2 })
  for (let column = 0; column < fileColumns; column += columns)
    await writer.write({ row: 0, column, rows, columns }, memory)
  await writer.close()
  return NpyReader.open(path)
}

// ---- what it drives ----

let theirs: { socket: number; web: number; mesh: string } | undefined
const link = new HttpLink()
const agent = new Agent({ connections: 16 })
const sockets: Socket[] = []

async function overSocket(lane: number, bytes: number): Promise<void> {
  const socket = sockets[lane] ?? connect({ port: theirs?.socket ?? 0, noDelay: true })
  sockets[lane] = socket
  const { promise, resolve } = Promise.withResolvers<void>()
  let at = 0
  const take = (piece: Uint8Array) => {
    memory.set(piece, at)
    at += piece.length
    if (at === bytes) resolve()
  }
  socket.on('data', take)
  socket.write(String(bytes))
  await promise
  socket.off('data', take)
}

async function overHttp(bytes: number): Promise<void> {
  const { body } = await agent.request({
    origin: `http://127.0.0.1:${theirs?.web}`,
    path: `/${bytes}`,
    method: 'GET',
  })
  let at = 0
  for await (const piece of body) {
    memory.set(piece, at)
    at += piece.length
  }
}

async function move(hop: Hop, bytes: number, lane: number): Promise<void> {
  const origin = theirs?.mesh ?? ''
  const blockPath = (matrix: string) => `/mesh/v1/matrices/${matrix}/blocks/0/${bytes}`
  const push = (job: string) =>
    link.push(origin, `/mesh/v1/jobs/${job}/tiles/${bytes}`, tileHeader(bytes), [memory.subarray(0, bytes)])
  switch (hop) {
    case 'socket':
      return overSocket(lane, bytes)
    case 'http':
      return overHttp(bytes)
    case 'block':
      return void (await link.pull(origin, blockPath('memory'), into))
    case 'block from file':
      return void (await link.pull(origin, blockPath('file'), into))
    case 'tile':
      return push('memory')
    case 'tile to file':
      return push('file')
  }
}

/** Each lane asks for the next when it has one. */
async function moveAll({ hop, bytes, count, lanes }: Extract<Order, { do: 'move' }>): Promise<number> {
  const start = performance.now()
  let left = count
  await Promise.all(
    Array.from({ length: lanes }, async (_, lane) => {
      while (left-- > 0) await move(hop, bytes, lane)
    }),
  )
  return performance.now() - start
}

async function obey(order: Order): Promise<unknown> {
  switch (order.do) {
    case 'meet':
      theirs = order
      return 'met'
    case 'move':
      return moveAll(order)
    case 'say cpu': {
      const { user, system } = process.cpuUsage()
      return (user + system) / 1e6
    }
  }
}

if (process.send) {
  socketServer.listen(0, '127.0.0.1')
  webServer.listen(0, '127.0.0.1')
  await Promise.all([once(socketServer, 'listening'), once(webServer, 'listening')])
  const origin = await mesh.listen({ host: '127.0.0.1', port: 0 })
  const portOf = (address: string | AddressInfo | null) =>
    address !== null && typeof address === 'object' ? address.port : 0
  process.on('message', (order: Order) => obey(order).then(answer => process.send?.(answer)))
  process.on('disconnect', () => process.exit())
  process.send({ socket: portOf(socketServer.address()), web: portOf(webServer.address()), mesh: origin })
}
