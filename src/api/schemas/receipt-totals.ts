/** What a receipt sums up. */
import Type, { type Static } from 'typebox'

const Count = Type.Integer({ minimum: 0 })

/** Sums over all tiles that are placed. */
export const ReceiptTotalsView = Type.Object({
  placed: Count,
  checked: Count,
  rowsUnchecked: Count, // sums that may overflow, or an infinity or a NaN in an operand: no bound holds
  worst: Type.Number({ minimum: 0 }), // the largest residual as a part of its bound; 0 where sums are exact
  wrong: Count, // tiles that failed their check; each was computed again by another slave
})
export type ReceiptTotalsView = Static<typeof ReceiptTotalsView>
