/** A node that answers every route, block, tile and processor: what the tests of links call. */
import type { FastifyInstance } from 'fastify'
import { GemmeshError } from '../../src/errors.ts'
import type { BulkSink, Payload, Received } from '../../src/protocol/bulk.ts'
import type { BulkHeader } from '../../src/protocol/messages.ts'
import { bulkPatterns, type RequestOf, type RouteName, routeNames } from '../../src/protocol/routes.ts'
import { receiveChunks, serveBytes, serveChunks, serveRoute } from '../../src/transport/serve.ts'
import { buildServer } from '../../src/transport/server.ts'
import { Traffic } from '../../src/transport/traffic.ts'
import { samples } from '../protocol/samples.ts'

export const MiB = 1024 * 1024

/** 1024 columns of float32: 4 KiB a row. */
export const headerOf = (bytes: number): BulkHeader => ({
  dtype: 'float32',
  rows: bytes / 4096,
  columns: 1024,
})
export const tileHeader = (bytes: number): BulkHeader => ({
  ...headerOf(bytes),
  id: { job: 'j', unit: 3, attempt: 1, epoch: 1 },
  slave: 'gamma',
})

/** Shared memory with bytes that tell where they are. */
export function sharedPattern(bytes: number): Uint8Array {
  const shared = new Uint8Array(new SharedArrayBuffer(bytes))
  const words = new Uint32Array(shared.buffer)
  for (let i = 0; i < words.length; i++) words[i] = Math.imul(i, 2654435761)
  return shared
}

/** A sink that copies everything into `target`. */
export const into = (target: Uint8Array): BulkSink => ({
  begin() {},
  data: (offsetBytes, bytes) => target.set(bytes, offsetBytes),
})

export interface MeshNode {
  readonly app: FastifyInstance
  readonly traffic: Traffic
  /** What each route was asked last. */
  readonly asked: Map<RouteName, RequestOf<RouteName>>
  /** What happens to the next block asked for, and the next tile sent. */
  block: { header: BulkHeader; payload: Payload }
  sink: BulkSink
  /** Of every tile: what `receive` came to. */
  readonly received: Promise<Received>[]
}

/** `failing` maps routes to what their handlers throw. */
export function meshNode(failing: Partial<Record<RouteName, unknown>> = {}, idleMs = 10_000): MeshNode {
  const traffic = new Traffic()
  const app = buildServer({ name: 'alpha', counters: traffic, idleMs })
  const node: MeshNode = {
    app,
    traffic,
    asked: new Map(),
    block: { header: headerOf(4096), payload: [new Uint8Array(4096)] },
    sink: into(new Uint8Array(4096)),
    received: [],
  }
  const serve = <R extends RouteName>(name: R) =>
    serveRoute(app, name, message => {
      node.asked.set(name, message)
      if (name in failing) throw failing[name]
      return samples[name].reply
    })
  for (const name of routeNames) serve(name)
  serveChunks(app, bulkPatterns.block, async ({ params }) => {
    if (params.row === '404')
      throw new GemmeshError('GEMMESH_MATRIX_UNKNOWN', `${params.matrix} is not stored here`)
    return node.block
  })
  receiveChunks(app, bulkPatterns.tile, async (_request, receive) => {
    const received = receive(node.sink)
    node.received.push(received)
    await received
  })
  serveBytes(app, bulkPatterns.processor, async ({ params }) => Buffer.from(params.sha256, 'hex'))
  return node
}
