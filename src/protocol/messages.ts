/** Every message of wire.proto in domain terms: element types by name, digests in hex, absent only what may be. */
import { Fault, nodeName, Rectangle, UnitRef } from './common-messages.ts'
import {
  dtype,
  flag,
  jobId,
  list,
  matrixId,
  milliseconds,
  nested,
  optional,
  optionalSha256,
  optionalText,
  origin,
  rate,
  real,
  semiring,
  sha256,
  text,
  uint32,
  uint64,
} from './fields.ts'
import { limits } from './limits.ts'
import { type MessageOf, message } from './message.ts'
import { gemmesh } from './wire.generated.js'

export * from './combine-messages.ts'
export { Fault, Rectangle, UnitRef } from './common-messages.ts'

const { wire } = gemmesh

const incarnation = () => text(64)
const port = () => uint32(1, 65535)

/** GFLOPS on all threads of a slave. */
export const OwnRates = message('OwnRates', wire.OwnRates, { float32: rate(), float64: rate() })
export type OwnRates = MessageOf<typeof OwnRates>

export const Register = message('Register', wire.Register, {
  protocolVersion: uint32(),
  name: nodeName(),
  incarnation: incarnation(),
  port: port(),
  threads: uint32(1),
  memoryBytes: uint64(),
  own: optional(OwnRates),
})
export type Register = MessageOf<typeof Register>

export const Processor = message('Processor', wire.Processor, {
  variant: text(64),
  sha256: sha256(),
  sizeBytes: uint32(1, limits.processorBytes),
})
export type Processor = MessageOf<typeof Processor>

export const Registered = message('Registered', wire.Registered, {
  protocolVersion: uint32(),
  epoch: uint64(),
  heartbeatMs: uint32(1),
  processors: list(nested(Processor), 16),
})
export type Registered = MessageOf<typeof Registered>

/** A unit at hand; any progress that is not the one before says that something has been done for it since. */
export const RunningUnit = message('RunningUnit', wire.RunningUnit, {
  id: nested(UnitRef),
  progress: uint64(),
})
export type RunningUnit = MessageOf<typeof RunningUnit>

export const Heartbeat = message('Heartbeat', wire.Heartbeat, {
  name: nodeName(),
  incarnation: incarnation(),
  running: list(nested(RunningUnit), 1024), // a slave has a few units at hand
})
export type Heartbeat = MessageOf<typeof Heartbeat>

export const HeartbeatReply = message('HeartbeatReply', wire.HeartbeatReply, {
  epoch: uint64(),
  registerAgain: flag(),
})
export type HeartbeatReply = MessageOf<typeof HeartbeatReply>

/** A process of a slave. */
export const Member = message('Member', wire.Member, { name: nodeName(), incarnation: incarnation() })
export type Member = MessageOf<typeof Member>

export const FileLocation = message('FileLocation', wire.FileLocation, {
  path: text(limits.pathCharacters),
  sizeBytes: uint64(),
  modifiedUs: uint64(),
})
export type FileLocation = MessageOf<typeof FileLocation>

export const UrlLocation = message('UrlLocation', wire.UrlLocation, {
  url: text(limits.pathCharacters),
  sizeBytes: uint64(),
  etag: optionalText(limits.pathCharacters),
  lastModified: optionalText(64),
})
export type UrlLocation = MessageOf<typeof UrlLocation>

export const Operand = message('Operand', wire.Operand, {
  matrix: matrixId(),
  rows: uint64(),
  columns: uint64(),
  blockRows: uint32(1),
  blockColumns: uint32(1),
  transposed: flag(),
  source: origin(),
  file: optional(FileLocation),
  url: optional(UrlLocation),
})
export type Operand = MessageOf<typeof Operand>

export const WorkUnit = message('WorkUnit', wire.WorkUnit, {
  id: nested(UnitRef),
  dtype: dtype(),
  tile: nested(Rectangle),
  k: uint64(),
  alpha: real(),
  beta: real(),
  a: nested(Operand),
  b: nested(Operand),
  c: optional(Operand),
  processors: list(nested(Processor), 16),
  processorSource: origin(),
  combine: origin(),
  replyTo: origin(),
  leaseMs: uint32(1),
  semiring: semiring(),
  reproducible: flag(),
  kStart: uint64(),
  kEnd: uint64(),
})
export type WorkUnit = MessageOf<typeof WorkUnit>

export const UnitAccepted = message('UnitAccepted', wire.UnitAccepted, { queued: uint32() })
export type UnitAccepted = MessageOf<typeof UnitAccepted>

/** No units: all of the job. */
export const CancelUnits = message('CancelUnits', wire.CancelUnits, { job: jobId(), units: list(uint32()) })
export type CancelUnits = MessageOf<typeof CancelUnits>

export const Cancelled = message('Cancelled', wire.Cancelled, { units: uint32() })
export type Cancelled = MessageOf<typeof Cancelled>

/** Bytes of an operand that came to a slave, by their way. */
export const OperandBytes = message('OperandBytes', wire.OperandBytes, {
  matrix: matrixId(),
  fromMaster: uint64(),
  fromSlaves: uint64(),
  readDirectly: uint64(),
})
export type OperandBytes = MessageOf<typeof OperandBytes>

export const UnitDone = message('UnitDone', wire.UnitDone, {
  id: nested(UnitRef),
  slave: nodeName(),
  fetchMs: milliseconds(),
  computeMs: milliseconds(),
  sendMs: milliseconds(),
  fetchedBytes: uint64(),
  blocksFetched: uint32(),
  blocksCached: uint32(),
  variant: text(64),
  processorSha256: sha256(),
  operands: list(nested(OperandBytes), 3),
})
export type UnitDone = MessageOf<typeof UnitDone>

export const UnitFailed = message('UnitFailed', wire.UnitFailed, {
  id: nested(UnitRef),
  slave: nodeName(),
  fault: nested(Fault),
})
export type UnitFailed = MessageOf<typeof UnitFailed>

export const BlockRef = message('BlockRef', wire.BlockRef, {
  matrix: matrixId(),
  row: uint32(),
  column: uint32(),
})
export type BlockRef = MessageOf<typeof BlockRef>

/** `failed`: the slave that did not give them. */
export const LocateBlocks = message('LocateBlocks', wire.LocateBlocks, {
  name: nodeName(),
  incarnation: incarnation(),
  blocks: list(nested(BlockRef), limits.blocksAtOnce),
  failed: optionalText(300),
})
export type LocateBlocks = MessageOf<typeof LocateBlocks>

/** Without an origin it is the operand's own source. */
export const BlockLocation = message('BlockLocation', wire.BlockLocation, {
  origin: optionalText(300),
  ticket: uint64(),
})
export type BlockLocation = MessageOf<typeof BlockLocation>

export const BlockLocations = message('BlockLocations', wire.BlockLocations, {
  locations: list(nested(BlockLocation), limits.blocksAtOnce),
})
export type BlockLocations = MessageOf<typeof BlockLocations>

export const Noted = message('Noted', wire.Noted, {})
export type Noted = MessageOf<typeof Noted>

/** What a block or tile is; `id` and `slave` are of a tile. */
export const BulkHeader = message('BulkHeader', wire.BulkHeader, {
  dtype: dtype(),
  rows: uint64(),
  columns: uint64(),
  id: optional(UnitRef),
  slave: optionalText(255),
  variant: optionalText(64),
  processorSha256: optionalSha256(),
})
export type BulkHeader = MessageOf<typeof BulkHeader>
