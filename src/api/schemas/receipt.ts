/** The receipt of a job, as users get it from master-combine. */
import Type, { type Static } from 'typebox'
import { Dtype, RectangleView, Semiring } from '../schemas.ts'
import { ReceiptTotalsView } from './receipt-totals.ts'

const Count = Type.Integer({ minimum: 0 })
const Ratio = Type.Number({ minimum: 0 })

/** How the tiles of a job are checked; docs/VERIFICATION.md. */
export const CheckMethod = Type.Union([
  Type.Literal('real'), // products with secret vectors, up to a bound of the roundings
  Type.Literal('modular'), // products with secret vectors modulo 2^32, exactly
  Type.Literal('sampled'), // secret entries of each tile, exactly
  Type.Literal('none'), // as the job asked for
])
export type CheckMethod = Static<typeof CheckMethod>

const Attempt = { unit: Count, epoch: Count, attempt: Count, slave: Type.String() }

export const Receipt = Type.Object({
  job: Type.String(),
  sealed: Type.Boolean(), // else these are the tiles so far
  dtype: Dtype,
  semiring: Semiring,
  shape: Type.Tuple([Count, Count]), // of C
  layers: Count, // parts of k, each with tiles for all of C
  method: CheckMethod,
  vectors: Count, // that each tile was multiplied with; of sampled tiles 0
  units: Count,
  totals: ReceiptTotalsView,
  wrong: Type.Array(Type.Object({ ...Attempt, message: Type.String() })), // the first 256
  tiles: Type.Array(
    Type.Object({
      ...Attempt,
      tile: RectangleView, // of C
      layer: Count,
      bytes: Count,
      digest: Type.String(), // GMAC of its bytes, hex: docs/PROTOCOL.md
      variant: Type.String(),
      processor: Type.String(), // SHA-256, hex
      check: Type.Optional(Type.Object({ worst: Ratio, residual: Ratio, rowsUnchecked: Count })),
    }),
  ),
})
export type Receipt = Static<typeof Receipt>
