/** A job's records in the journal of master-assign, as JSON: what they hold, and whether what is read is that. */
import Type, { type Static } from 'typebox'
import { Dtype, JobRequest, JobView, PredictionView, RectangleView } from '../../../api/schemas.ts'
import { cellCount } from '../../../core/plan/units.ts'
import type { Plan } from '../../../core/plan.ts'
import type { GemmeshError } from '../../../errors.ts'
import type { JournalRecord } from '../../../store/journal/journal.ts'
import { foreignRecord, jsonRecord, readJsonRecord } from '../../../store/journal/json-record.ts'
import type { OperandSource } from '../operands.ts'
import type { JobDescription } from './job-description.ts'

const journal = 'assign.journal'

const Count = Type.Integer({ minimum: 0 })
const Amount = Type.Number({ minimum: 0 })
const Interval = Type.Object({ start: Count, end: Count })
const Id = Type.String({ pattern: '^[0-9a-f]{64}$' })
const Length = Type.Array(Count, { minItems: 1, maxItems: 2 })
const Version = Type.Union([Type.Literal(1), Type.Literal(2), Type.Literal(3)])
const Dimensions = Type.Union([Type.Literal(1), Type.Literal(2)])

const Header = Type.Object({
  dtype: Dtype,
  rows: Count,
  columns: Count,
  dimensions: Dimensions,
  shape: Length,
  fortranOrder: Type.Boolean(),
  bigEndian: Type.Boolean(),
  dataOffset: Count,
  dataBytes: Count,
  version: Version,
})

/** As it was found when the job was submitted. */
const Operand = Type.Object({
  id: Id,
  header: Header,
  file: Type.Optional(
    Type.Object({ path: Type.String(), sizeBytes: Count, modifiedUs: Count, inode: Type.String() }),
  ),
  url: Type.Optional(
    Type.Object({
      url: Type.String(),
      sizeBytes: Count,
      etag: Type.Optional(Type.String()),
      lastModified: Type.Optional(Type.String()),
    }),
  ),
})
type OperandRecord = Static<typeof Operand>

const Submitted = Type.Object({
  request: JobRequest,
  operands: Type.Object({ a: Operand, b: Operand, added: Type.Optional(Operand) }),
  submittedMs: Type.Number(), // since 1970
  verificationSeed: Type.Optional(Type.String()),
})
/** What a job was submitted with; the rest of its description follows from it. */
export type Submitted = Pick<JobDescription, 'request' | 'operands' | 'submittedAt' | 'verificationSeed'>

const Edges = Type.Array(Count, { minItems: 1 })
const PlanRecord = Type.Object({
  job: Type.String(),
  shape: Type.Tuple([Count, Count, Count]),
  dtype: Dtype,
  shares: Type.Array(
    Type.Object({
      slave: Type.String(),
      performance: Type.Number({ exclusiveMinimum: 0 }),
      wanted: Amount,
      given: Amount,
      rectangles: Type.Array(RectangleView),
      depth: Interval,
      units: Count,
      firstUnit: Count,
      grids: Type.Array(
        Type.Object({ rowEdges: Edges, columnEdges: Edges, depthEdges: Edges, firstLayer: Count }),
      ),
    }),
  ),
  units: Count,
  layers: Count,
  movedElements: Amount,
  lowerBoundElements: Amount,
})

const Planned = Type.Object({
  plan: PlanRecord,
  prediction: Type.Optional(PredictionView),
  plannedMs: Type.Number(), // since 1970
})
export interface Planned {
  readonly plan: Plan
  readonly prediction?: PredictionView | undefined
  /** Since 1970. */
  readonly plannedMs: number
}

const Ended = Type.Object({
  view: JobView,
  aborts: Type.Boolean(), // master-combine has to be told
})
export interface Ended {
  readonly view: JobView
  readonly aborts: boolean
}

export const submittedRecord = (job: string, description: Submitted): JournalRecord => {
  const { request, operands, submittedAt, verificationSeed } = description
  const { a, b, added } = operands
  return jsonRecord('submitted', job, {
    request,
    operands: { a: operandRecord(a), b: operandRecord(b), ...(added && { added: operandRecord(added) }) },
    submittedMs: submittedAt.getTime(),
    verificationSeed,
  })
}

export const plannedRecord = (job: string, planned: Planned): JournalRecord =>
  jsonRecord('planned', job, planned)
export const endedRecord = (job: string, ended: Ended): JournalRecord => jsonRecord('ended', job, ended)

/** As of `decodePlanned`. */
export function decodeSubmitted(found: JournalRecord): Submitted {
  const { operands, submittedMs, ...rest } = readJsonRecord(journal, found, Submitted)
  const { a, b, added } = operands
  const sources = { a: sourceOf(a), b: sourceOf(b), ...(added && { added: sourceOf(added) }) }
  return { ...rest, operands: sources, submittedAt: new Date(submittedMs) }
}

/** With the plan as it was. GEMMESH_JOURNAL_DAMAGED where it is not what this version writes, or contradicts itself. */
export function decodePlanned(found: JournalRecord): Planned {
  const planned = readJsonRecord(journal, found, Planned)
  const { plan } = planned
  let units = 0
  const isWhole = plan.shares.every(share => {
    const isNext = share.firstUnit === units
    units += share.units
    return isNext && share.grids.reduce((sum, grid) => sum + cellCount(grid), 0) === share.units
  })
  if (!isWhole || units !== plan.units || plan.job !== found.job)
    throw foreign(`the plan of job ${found.job} contradicts itself`)
  return { ...planned, plan: deepFreeze(plan) }
}

/** As of `decodePlanned`. */
export const decodeEnded = (found: JournalRecord): Ended => readJsonRecord(journal, found, Ended)

function operandRecord({ id, header, file, url }: OperandSource): object {
  // Both repeat id and header.
  const { id: _, header: __, ...fileFacts } = file ?? { id, header }
  const { id: ___, header: ____, ...urlFacts } = url ?? { id, header }
  return { id, header, ...(file && { file: fileFacts }), ...(url && { url: urlFacts }) }
}

function sourceOf({ id, header, file, url }: OperandRecord): OperandSource {
  return {
    id,
    header,
    ...(file && { file: { ...file, id, header } }),
    ...(url && { url: { ...url, id, header } }),
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) deepFreeze(part)
    Object.freeze(value)
  }
  return value
}

export const foreign = (what: string): GemmeshError => foreignRecord(journal, what)
