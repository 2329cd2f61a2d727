/** What the masters tell each other: of jobs, of what tiles have to be, and of what became of them. */
import { Fault, nodeName, Rectangle, UnitRef } from './common-messages.ts'
import {
  blob,
  checksum,
  dtype,
  flag,
  jobId,
  list,
  nested,
  optional,
  optionalSeed,
  origin,
  real,
  semiring,
  uint32,
  uint64,
} from './fields.ts'
import { limits } from './limits.ts'
import { type MessageOf, message } from './message.ts'
import { gemmesh } from './wire.generated.js'

const { wire } = gemmesh

export const OpenJob = message('OpenJob', wire.OpenJob, {
  job: jobId(),
  dtype: dtype(),
  rows: uint64(),
  columns: uint64(),
  dimensions: uint32(1, 2),
  tiles: list(nested(Rectangle)),
  replyTo: origin(),
  layers: uint32(1),
  semiring: semiring(),
  exact: flag(),
  verificationSeed: optionalSeed(),
})
export type OpenJob = MessageOf<typeof OpenJob>

export const JobOpened = message('JobOpened', wire.JobOpened, { placed: list(uint32()) })
export type JobOpened = MessageOf<typeof JobOpened>

export const AbortJob = message('AbortJob', wire.AbortJob, { job: jobId() })
export type AbortJob = MessageOf<typeof AbortJob>

export const JobAborted = message('JobAborted', wire.JobAborted, {})
export type JobAborted = MessageOf<typeof JobAborted>

export const Reference = message('Reference', wire.Reference, {
  unit: uint32(),
  values: blob(limits.referencesBytes),
  bounds: blob(limits.referencesBytes),
})
export type Reference = MessageOf<typeof Reference>

export const References = message('References', wire.References, {
  job: jobId(),
  units: list(nested(Reference)),
})
export type References = MessageOf<typeof References>

export const ReferencesTaken = message('ReferencesTaken', wire.ReferencesTaken, {})
export type ReferencesTaken = MessageOf<typeof ReferencesTaken>

export const UnitPlaced = message('UnitPlaced', wire.UnitPlaced, {
  id: nested(UnitRef),
  slave: nodeName(),
  bytes: uint64(),
  digest: checksum(),
})
export type UnitPlaced = MessageOf<typeof UnitPlaced>

export const TileRefused = message('TileRefused', wire.TileRefused, {
  id: nested(UnitRef),
  slave: nodeName(),
  fault: nested(Fault),
})
export type TileRefused = MessageOf<typeof TileRefused>

export const ReceiptTotals = message('ReceiptTotals', wire.ReceiptTotals, {
  placed: uint32(),
  checked: uint32(),
  rowsUnchecked: uint64(),
  worst: real(),
  wrong: uint32(),
})

export const JobSealed = message('JobSealed', wire.JobSealed, {
  job: jobId(),
  bytes: uint64(),
  totals: optional(ReceiptTotals),
})
export type JobSealed = MessageOf<typeof JobSealed>

export const JobRecovered = message('JobRecovered', wire.JobRecovered, {
  job: jobId(),
  placed: list(uint32()),
})
export type JobRecovered = MessageOf<typeof JobRecovered>

export const SealFailed = message('SealFailed', wire.SealFailed, { job: jobId(), fault: nested(Fault) })
export type SealFailed = MessageOf<typeof SealFailed>
