/** The users' HTTP API as one source: request validation, answers, OpenAPI and the client's types. */
import Type, { type Static } from 'typebox'
import { ReceiptTotalsView } from './schemas/receipt-totals.ts'

export const Dtype = Type.Union([Type.Literal('float32'), Type.Literal('float64'), Type.Literal('int32')])
export const Semiring = Type.Union([
  Type.Literal('plus-times'),
  Type.Literal('min-plus'),
  Type.Literal('max-plus'),
  Type.Literal('max-min'),
  Type.Literal('or-and'),
])
export type Semiring = Static<typeof Semiring>
const Count = Type.Integer({ minimum: 0 })
const Ratio = Type.Number({ minimum: 0 })
const MatrixId = Type.String({ pattern: '^[0-9a-f]{64}$', description: 'SHA-256 of the .npy file, hex' })

export const StoredMatrix = Type.Object({
  id: MatrixId,
  dtype: Dtype,
  shape: Type.Array(Count, { minItems: 1, maxItems: 2 }),
  bytes: Count,
})
export type StoredMatrix = Static<typeof StoredMatrix>

/** A matrix that was uploaded, or a .npy file that the configuration allows to be read where it is. */
export const OperandRequest = Type.Union([
  MatrixId,
  Type.Object({ path: Type.String({ minLength: 1, maxLength: 4096 }) }, { additionalProperties: false }),
  Type.Object({ url: Type.String({ minLength: 1, maxLength: 4096 }) }, { additionalProperties: false }),
])
export type OperandRequest = Static<typeof OperandRequest>

/** What master-assign finds at a path or URL: who sees the same file, may name it so. */
export const OperandView = Type.Object({
  id: MatrixId, // of this version of the file
  dtype: Dtype,
  shape: Type.Array(Count, { minItems: 1, maxItems: 2 }),
  bytes: Count, // of the file
  modifiedUs: Type.Optional(Count), // of a file: microseconds since 1970
  inode: Type.Optional(Type.String()), // of a file
})
export type OperandView = Static<typeof OperandView>

/** Of jobs that wait for slaves, those of the highest go first; those of the same share the slaves. */
const Priority = Type.Integer({ minimum: -100, maximum: 100 })

/** C = alpha*op(A)*op(B) + beta*C, by default of plus-times; another semiring takes alpha 1 and beta 0 or 1. */
export const JobRequest = Type.Object(
  {
    operation: Type.Literal('gemm'),
    a: OperandRequest,
    b: OperandRequest,
    c: Type.Optional(OperandRequest),
    transA: Type.Optional(Type.Boolean()),
    transB: Type.Optional(Type.Boolean()),
    alpha: Type.Optional(Type.Number()),
    beta: Type.Optional(Type.Number()),
    semiring: Type.Optional(Semiring),
    reproducible: Type.Optional(Type.Boolean()), // the same bits on any slaves, and on one machine
    priority: Type.Optional(Priority), // 0 where absent
    verify: Type.Optional(Type.Boolean()), // check each tile before it is placed; as the cluster is configured where absent
  },
  { additionalProperties: false },
)
export type JobRequest = Static<typeof JobRequest>

export const RectangleView = Type.Object({ row: Count, column: Count, rows: Count, columns: Count })

/** Who gets which part of C, and what moves: before anything runs. */
export const PlanView = Type.Object({
  shares: Type.Array(
    Type.Object({
      slave: Type.String(),
      performance: Type.Number(),
      wanted: Ratio, // of the product, by performance
      given: Ratio, // of the product, after rounding
      units: Count,
      rectangles: Type.Array(RectangleView), // of C
      depth: Type.Object({ start: Count, end: Count }), // of k: all of it, unless the product is cut along it
    }),
  ),
  units: Count,
  layers: Count, // parts of k, each with tiles for all of C, that master-combine adds up; 1: k is not cut
  movedBytes: Count, // of A and B, to all slaves
  lowerBoundBytes: Count, // the sum of 2*sqrt(area)*depth over the shares, times the element's bytes: no rectangles of these areas move less
  map: Type.String(), // the tile map, drawn with one letter a slave
})
export type PlanView = Static<typeof PlanView>

/** What a plan is expected to take. Times in ms. */
export const PredictionView = Type.Object({
  ms: Ratio, // from the first unit handed out to the durable result, like a job's elapsedMs
  fetchBytes: Count, // to all slaves, from master-assign and from each other: whole blocks of the operands
  sendBytes: Count, // from all slaves to master-combine
  alone: Type.Optional(Type.String()), // the slave that does it all, as moving the data to more would cost more than it saves
  slaves: Type.Array(
    Type.Object({
      name: Type.String(),
      ms: Ratio,
      computeMs: Ratio,
      transferMs: Ratio, // of the job's bytes: all slaves share the masters' links
      fetchBytes: Count, // to this slave
      sendBytes: Count, // this slave to master-combine
      unitBytes: Count, // of its memory, for one work unit
      keepAllBytes: Count, // of its memory, to fetch nothing twice
      memoryBytes: Type.Optional(Count), // what it has
      jobs: Count, // that its figures were measured in; 0: they are assumed
    }),
  ),
})
export type PredictionView = Static<typeof PredictionView>

const MatrixFacts = Type.Object(
  { dtype: Dtype, shape: Type.Array(Count, { minItems: 1, maxItems: 2 }) },
  { additionalProperties: false },
)

/** A job by its matrices' shapes: nothing needs to be stored yet. */
export const PlanRequest = Type.Object(
  {
    operation: Type.Literal('gemm'),
    a: MatrixFacts,
    b: MatrixFacts,
    c: Type.Optional(MatrixFacts),
    transA: Type.Optional(Type.Boolean()),
    transB: Type.Optional(Type.Boolean()),
    semiring: Type.Optional(Semiring),
    reproducible: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
)
export type PlanRequest = Static<typeof PlanRequest>

/** The plan of a job that was not submitted. */
export const PlannedJob = Type.Object({
  dtype: Dtype,
  shape: Type.Tuple([Count, Count, Count]), // m, n, k
  plan: PlanView,
  prediction: PredictionView,
})
export type PlannedJob = Static<typeof PlannedJob>

export const JobState = Type.Union([
  Type.Literal('waiting'),
  Type.Literal('running'),
  Type.Literal('sealing'),
  Type.Literal('done'),
  Type.Literal('failed'),
  Type.Literal('cancelled'),
])
export type JobState = Static<typeof JobState>

export const JobView = Type.Object({
  id: Type.String(),
  operation: Type.Literal('gemm'),
  state: JobState,
  reason: Type.Optional(Type.String()), // what a waiting job waits for
  dtype: Dtype,
  semiring: Semiring,
  reproducible: Type.Boolean(),
  verify: Type.Optional(Type.Boolean()), // whether each tile is checked before it is placed
  shape: Type.Tuple([Count, Count, Count]), // m, n, k
  priority: Priority,
  submittedAt: Type.String({ format: 'date-time' }),
  elapsedMs: Ratio, // since the first unit was handed out; final when the job ended
  flops: Ratio, // 2*m*n*k
  gflops: Ratio, // of what is placed, over elapsedMs
  unitsTotal: Count,
  unitsPlaced: Count,
  elementsPlaced: Count,
  plan: Type.Optional(PlanView),
  prediction: Type.Optional(PredictionView), // as of when it was planned
  slaves: Type.Array(
    Type.Object({
      name: Type.String(),
      unitsPlaced: Count,
      elementsPlaced: Count,
      fetchedBytes: Count,
      computeMs: Ratio,
      gflops: Ratio, // of its computing alone
      variant: Type.String(),
      processor: Type.String(), // SHA-256, hex, of the last one it ran
    }),
  ),
  // By which way each operand comes, and the bytes of its blocks that came to slaves for units that are done.
  operands: Type.Array(
    Type.Object({
      name: Type.Union([Type.Literal('A'), Type.Literal('B'), Type.Literal('C')]),
      id: MatrixId,
      way: Type.Union([Type.Literal('upload'), Type.Literal('file'), Type.Literal('url')]),
      bytes: Count, // of its elements
      fromMaster: Count,
      fromSlaves: Count,
      readDirectly: Count, // by slaves, from the file or URL
    }),
  ),
  resultBytes: Type.Optional(Count), // of the .npy file
  checks: Type.Optional(ReceiptTotalsView), // of a job that is done; its receipt has them tile by tile
  fault: Type.Optional(Type.Object({ code: Type.String(), message: Type.String() })),
})
export type JobView = Static<typeof JobView>

/** Payload bytes since the role started, by kind: block, tile, processor, message, upload, result. */
export const TrafficView = Type.Record(Type.String(), Type.Object({ inBytes: Count, outBytes: Count }))
export type TrafficView = Static<typeof TrafficView>

const MasterView = Type.Object({ name: Type.String(), origin: Type.String() })

/** Of fileReferenceType. */
export const FileReference = Type.Object({
  path: Type.String(),
  device: Type.String(),
  inode: Type.String(),
  bytes: Count,
  modifiedNs: Type.String(),
})
export type FileReference = Static<typeof FileReference>

/** `GET /healthz` of every node: it is up, who it is, and what went through it. */
export const Health = Type.Object({
  name: Type.String(),
  roles: Type.Array(Type.String()),
  version: Type.String(),
  traffic: TrafficView,
  damaged: Count, // messages, blocks and tiles that arrived damaged and were refused, since the role started
  unitsOpen: Type.Optional(Count), // of a slave: work units in its hands
})
export type Health = Static<typeof Health>

export const ClusterView = Type.Object({
  version: Type.String(),
  epoch: Count,
  assign: MasterView,
  combine: MasterView,
  processors: Type.Array(Type.Object({ variant: Type.String(), sha256: Type.String(), bytes: Count })),
  slaves: Type.Array(
    Type.Object({
      name: Type.String(),
      origin: Type.String(),
      performance: Type.Number(), // the configuration's figure
      // What its work units say of it, once there are enough of a kind: `figure` is what plans are made with then.
      measured: Type.Array(
        Type.Object({
          semiring: Semiring,
          dtype: Dtype,
          figure: Ratio, // on the configuration's scale
          gflops: Ratio,
          units: Count,
        }),
      ),
      own: Type.Optional(Type.Object({ float32: Ratio, float64: Ratio })), // GFLOPS, by its own measurement
      links: Type.Object({
        fetchBytesPerMs: Type.Optional(Ratio), // from master-assign
        sendBytesPerMs: Type.Optional(Ratio), // to master-combine
      }),
      state: Type.Union([
        Type.Literal('absent'),
        Type.Literal('present'),
        Type.Literal('draining'),
        Type.Literal('left'),
        Type.Literal('lost'),
        Type.Literal('excluded'),
      ]),
      reason: Type.Optional(Type.String()), // why it gets no units
      threads: Type.Optional(Count),
      memoryBytes: Type.Optional(Count),
      unitsOpen: Count,
    }),
  ),
})
export type ClusterView = Static<typeof ClusterView>

/** application/problem+json (RFC 9457) with the code of errors.ts. */
export const Problem = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.String(),
  code: Type.String(),
  faults: Type.Optional(Type.Array(Type.String())),
})
export type Problem = Static<typeof Problem>
