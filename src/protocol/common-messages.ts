/** Messages that others are made of: where a tile lies, what went wrong, which attempt. */
import { jobId, list, text, uint32, uint64 } from './fields.ts'
import { limits } from './limits.ts'
import { type MessageOf, message } from './message.ts'
import { gemmesh } from './wire.generated.js'

const { wire } = gemmesh

/** As long as a hostname may be. */
export const nodeName = () => text(255)

export const Rectangle = message('Rectangle', wire.Rectangle, {
  row: uint64(),
  column: uint64(),
  rows: uint64(),
  columns: uint64(),
})

export const Fault = message('Fault', wire.Fault, {
  code: text(64),
  message: text(limits.faultCharacters, 0),
  faults: list(text(limits.faultCharacters, 0), limits.faultItems),
})
export type Fault = MessageOf<typeof Fault>

/** One handing-out of one work unit. */
export const UnitRef = message('UnitId', wire.UnitId, {
  job: jobId(),
  unit: uint32(),
  attempt: uint32(),
  epoch: uint64(),
})
export type UnitRef = MessageOf<typeof UnitRef>
