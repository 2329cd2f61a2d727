/** Blocks as a slave pulls them from master-assign, kept for its next units. */
import { GemmeshError } from '../../../src/errors.ts'
import type { Operand, WorkUnit } from '../../../src/protocol/messages.ts'
import { blockPath } from '../../../src/protocol/routes.ts'
import type { Link } from '../../../src/transport/link.ts'
import type { Element, UnitOperands } from './product.ts'

interface Interval {
  readonly start: number
  readonly end: number
}

interface Block {
  readonly columns: number
  readonly values: Int32Array
}

const tries = 4

export class BlockShelf {
  readonly #link: Link
  readonly #blocks = new Map<string, Promise<Block>>()

  constructor(link: Link) {
    this.#link = link
  }

  /** All blocks that a unit needs; `progress` hears of each. */
  async fetch(unit: WorkUnit, signal: AbortSignal, progress: () => void): Promise<UnitOperands> {
    const { tile, kStart, kEnd } = unit
    const rows = { start: tile.row, end: tile.row + tile.rows }
    const columns = { start: tile.column, end: tile.column + tile.columns }
    const depth = { start: kStart, end: kEnd }
    const part = (operand: Operand, height: Interval, width: Interval) =>
      operand.transposed
        ? this.#part(operand, width, height, signal, progress)
        : this.#part(operand, height, width, signal, progress)
    const a = await part(unit.a, rows, depth)
    const b = await part(unit.b, depth, columns)
    const c = unit.c === undefined ? undefined : await part(unit.c, rows, columns)
    return { a, b, ...(c !== undefined && { c }) }
  }

  async #part(
    operand: Operand,
    rows: Interval,
    columns: Interval,
    signal: AbortSignal,
    progress: () => void,
  ): Promise<Element> {
    const { blockRows, blockColumns } = operand
    const found = new Map<string, Block>()
    for (const row of blocksOf(rows, blockRows)) {
      for (const column of blocksOf(columns, blockColumns)) {
        found.set(`${row} ${column}`, await this.#block(operand, row, column, signal))
        progress()
      }
    }
    return (row, column) => {
      const block = found.get(`${Math.floor(row / blockRows)} ${Math.floor(column / blockColumns)}`)
      return block?.values[(row % blockRows) * block.columns + (column % blockColumns)] ?? 0
    }
  }

  #block(operand: Operand, row: number, column: number, signal: AbortSignal): Promise<Block> {
    const key = `${operand.matrix} ${row} ${column} ${operand.blockRows}`
    const known = this.#blocks.get(key)
    if (known !== undefined) return known
    const pulled = this.#pull(operand, row, column, signal)
    this.#blocks.set(key, pulled)
    pulled.catch(() => this.#blocks.delete(key))
    return pulled
  }

  async #pull(operand: Operand, row: number, column: number, signal: AbortSignal): Promise<Block> {
    for (let tried = 1; ; tried++) {
      try {
        let bytes = new Uint8Array()
        let width = 0
        await this.#link.pull(
          operand.source,
          blockPath(operand.matrix, row, column),
          {
            begin({ rows, columns }) {
              bytes = new Uint8Array(rows * columns * 4)
              width = columns
            },
            data: (offset, piece) => bytes.set(piece, offset),
          },
          { signal },
        )
        return { columns: width, values: new Int32Array(bytes.buffer) }
      } catch (error) {
        const again = error instanceof GemmeshError && error.kind.retryable && tried < tries
        if (!again || signal.aborted) throw error
      }
    }
  }
}

function* blocksOf({ start, end }: Interval, edge: number): Generator<number> {
  for (let block = Math.floor(start / edge); block * edge < end; block++) yield block
}
