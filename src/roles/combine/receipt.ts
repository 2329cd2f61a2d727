/** The receipt of a job as JSON: who computed each tile, with what, and what came of its check. */
import type { Receipt } from '../../api/schemas/receipt.ts'
import { type PlacedTile, receiptTotals, type WrongTile } from '../../core/receipt.ts'
import { methodOf } from '../../core/verify/method.ts'
import { vectorCount } from '../../core/verify/vectors.ts'
import type { OpenJob } from '../../protocol/messages.ts'

export interface ReceiptFacts {
  readonly description: OpenJob
  /** By unit, as far as they are placed. */
  readonly tiles: ReadonlyMap<number, PlacedTile>
  readonly wrong: readonly WrongTile[]
  /** Also those that are not listed. */
  readonly wrongCount: number
}

/** Tiles in one piece of the text: some hundred KiB. */
const tilesAtOnce = 1024

/** The text of a Receipt in pieces: a job may have a quarter of a million tiles. */
export function* receiptText(facts: ReceiptFacts, sealed: boolean): Generator<string> {
  const { tiles, description } = facts
  const head = JSON.stringify(receiptHead(facts, sealed))
  yield `${head.slice(0, -1)},"tiles":[`
  const units = [...tiles.keys()].sort((a, b) => a - b)
  for (let from = 0; from < units.length; from += tilesAtOnce) {
    const texts = units.slice(from, from + tilesAtOnce).flatMap(unit => {
      const placed = tiles.get(unit)
      return placed === undefined ? [] : [JSON.stringify(tileView(description, placed))]
    })
    yield (from === 0 ? '' : ',') + texts.join(',\n')
  }
  yield ']}\n'
}

function receiptHead(
  { description, tiles, wrong, wrongCount }: ReceiptFacts,
  sealed: boolean,
): Omit<Receipt, 'tiles'> {
  const { job, dtype, semiring, rows, columns, layers, verificationSeed } = description
  const method = verificationSeed === undefined ? 'none' : methodOf(semiring, dtype)
  return {
    job,
    sealed,
    dtype,
    semiring,
    shape: [rows, columns],
    layers,
    method,
    vectors: method === 'real' || method === 'modular' ? vectorCount[method] : 0,
    units: description.tiles.length,
    totals: receiptTotals(tiles.values(), wrongCount),
    wrong: wrong.map(({ ...one }) => one),
  }
}

function tileView({ tiles, rows }: OpenJob, { check, ...placed }: PlacedTile): Receipt['tiles'][number] {
  const { row = 0, ...place } = tiles[placed.unit] ?? { column: 0, rows: 0, columns: 0 }
  const layer = rows === 0 ? 0 : Math.floor(row / rows)
  return {
    ...placed,
    tile: { ...place, row: row - layer * rows },
    layer,
    ...(check !== undefined && { check }),
  }
}
