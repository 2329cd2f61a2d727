/** What nodes ask of each other: ONE table of message routes, and the paths of bulk data. */
import { limits } from './limits.ts'
import type { Message, MessageOf } from './message.ts'
import {
  AbortJob,
  BlockLocations,
  type BlockRef,
  Cancelled,
  CancelUnits,
  Heartbeat,
  HeartbeatReply,
  JobAborted,
  JobOpened,
  JobRecovered,
  JobSealed,
  LocateBlocks,
  Member,
  Noted,
  OpenJob,
  References,
  ReferencesTaken,
  Register,
  Registered,
  SealFailed,
  TileRefused,
  UnitAccepted,
  UnitDone,
  UnitFailed,
  UnitPlaced,
  WorkUnit,
} from './messages.ts'

export const meshPrefix = '/mesh/v1'

/** The media type of one message, of a stream of Chunks, and of a processor. */
export const mediaTypes = {
  message: 'application/x-protobuf',
  chunks: 'application/x-protobuf-stream',
  processor: 'application/wasm',
} as const

export interface Route<RequestWire, Request, ReplyWire, Reply> {
  readonly path: string
  readonly request: Message<RequestWire, Request>
  readonly reply: Message<ReplyWire, Reply>
  /** Of the request's body; replies keep to `limits.messageBytes`. */
  readonly limitBytes: number
}

const route = <RequestWire, Request, ReplyWire, Reply>(
  path: string,
  request: Message<RequestWire, Request>,
  reply: Message<ReplyWire, Reply>,
  limitBytes: number = limits.messageBytes,
): Route<RequestWire, Request, ReplyWire, Reply> => ({
  path: `${meshPrefix}${path}`,
  request,
  reply,
  limitBytes,
})

/** All are POST. */
export const routes = {
  // slave -> assign
  register: route('/register', Register, Registered),
  heartbeat: route('/heartbeat', Heartbeat, HeartbeatReply),
  drain: route('/drain', Member, Noted),
  leave: route('/leave', Member, Noted),
  locateBlocks: route('/locate-blocks', LocateBlocks, BlockLocations),
  unitDone: route('/unit-done', UnitDone, Noted),
  unitFailed: route('/unit-failed', UnitFailed, Noted),
  // assign -> slave
  unit: route('/units', WorkUnit, UnitAccepted),
  cancel: route('/cancel', CancelUnits, Cancelled),
  // assign -> combine
  openJob: route('/open-job', OpenJob, JobOpened, limits.openJobBytes),
  abortJob: route('/abort-job', AbortJob, JobAborted),
  references: route('/references', References, ReferencesTaken, limits.referencesBytes),
  // combine -> assign
  unitPlaced: route('/unit-placed', UnitPlaced, Noted),
  tileRefused: route('/tile-refused', TileRefused, Noted),
  jobRecovered: route('/job-recovered', JobRecovered, Noted),
  jobSealed: route('/job-sealed', JobSealed, Noted),
  sealFailed: route('/seal-failed', SealFailed, Noted),
} as const

export type RouteName = keyof typeof routes
const isRouteName = (name: string): name is RouteName => Object.hasOwn(routes, name)
export const routeNames: readonly RouteName[] = Object.keys(routes).filter(isRouteName)
export type RequestOf<R extends RouteName> = MessageOf<(typeof routes)[R]['request']>
export type ReplyOf<R extends RouteName> = MessageOf<(typeof routes)[R]['reply']>

/** What calling and serving need of a route. */
interface Codec<Value> {
  readonly name: string
  encode(value: Value): Uint8Array
  decode(bytes: Uint8Array): Value
}
interface TypedRoute<Request, Reply> {
  readonly path: string
  readonly limitBytes: number
  readonly request: Codec<Request>
  readonly reply: Codec<Reply>
}
const typedRoutes: { readonly [R in RouteName]: TypedRoute<RequestOf<R>, ReplyOf<R>> } = routes

/** The route of this name, with its types known where the name is a type parameter. */
export const routeOf = <R extends RouteName>(name: R): TypedRoute<RequestOf<R>, ReplyOf<R>> =>
  typedRoutes[name]

/** Patterns of the bulk routes, as a server registers them, and the paths that callers ask for. */
export const bulkPatterns = {
  block: `${meshPrefix}/matrices/:matrix/blocks/:row/:column`,
  heldBlock: `${meshPrefix}/held/:ticket/matrices/:matrix/:grid/:row/:column`,
  processor: `${meshPrefix}/processors/:sha256`,
  tile: `${meshPrefix}/jobs/:job/tiles/:unit`,
} as const

/** GET: the block in this row and column of the matrix's block grid. */
export const blockPath = (matrix: string, row: number, column: number): string =>
  `${meshPrefix}/matrices/${encodeURIComponent(matrix)}/blocks/${row}/${column}`

/** GET, of a slave: a block of a grid such as `512x512`, if it has it, or waits for it under a smaller ticket than this. */
export const heldBlockPath = (ticket: number, { matrix, row, column }: BlockRef, grid: string): string =>
  `${meshPrefix}/held/${ticket}/matrices/${encodeURIComponent(matrix)}/${grid}/${row}/${column}`

/** GET: the processor with this SHA-256 (hex). */
export const processorPath = (sha256: string): string =>
  `${meshPrefix}/processors/${encodeURIComponent(sha256)}`

/** PUT: the tile of a unit. */
export const tilePath = (job: string, unit: number): string =>
  `${meshPrefix}/jobs/${encodeURIComponent(job)}/tiles/${unit}`
