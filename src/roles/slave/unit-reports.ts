/** What a slave tells of a unit: its tile to master-combine, how it ended to master-assign. */
import { asGemmeshError, type GemmeshError } from '../../errors.ts'
import { faultOf } from '../../protocol/faults.ts'
import type { WorkUnit } from '../../protocol/messages.ts'
import { tilePath } from '../../protocol/routes.ts'
import { retry } from '../retry.ts'
import type { RetryBudget } from '../retry-budget.ts'
import type { Shell } from '../shell.ts'
import type { Running } from './processor-shelf.ts'
import type { UnitFigures } from './unit-runner.ts'
import { tileBytes } from './unit-steps.ts'
import { views } from './views.ts'

/**
 * A master that is started anew is away for some seconds. A tile is worth more patience than a message: what a message does not
 * tell, the lease does, but a tile would have to be computed again. With full jitter the tries take about a minute.
 */
const patience = {
  message: { tries: 5, firstMs: 100, maxMs: 2000 },
  tile: { tries: 60, firstMs: 100, maxMs: 2000 },
} as const

export class UnitReports {
  readonly #shell: Shell
  readonly #slave: string
  readonly #signal: AbortSignal
  readonly #budget: RetryBudget

  /** The signal ends all tries. */
  constructor(shell: Shell, slave: string, signal: AbortSignal, budget: RetryBudget) {
    this.#shell = shell
    this.#slave = slave
    this.#signal = signal
    this.#budget = budget
  }

  /** Resolves when master-combine has placed the tile. */
  async send(unit: WorkUnit, tile: Uint8Array, running: Running, signal: AbortSignal): Promise<void> {
    const { id, dtype } = unit
    const { rows, columns } = unit.tile
    const { variant, sha256: processorSha256 } = running
    const header = { dtype, rows, columns, id, slave: this.#slave, variant, processorSha256 }
    const path = tilePath(id.job, id.unit)
    const { link, world } = this.#shell
    const push = async () => {
      try {
        await link.push(unit.combine, path, header, views(tile), { signal })
      } catch (error) {
        // Its master knows how long to wait, and that nobody else need try meanwhile.
        if (asGemmeshError(error).code !== 'GEMMESH_STORAGE_FULL') throw error
        return error
      }
      return undefined
    }
    const full = await retry(push, { ...patience.tile, signal, world, budget: this.#budget })
    if (full !== undefined) throw full
  }

  async done(unit: WorkUnit, figures: UnitFigures, running: Running): Promise<void> {
    const { fetched: blocksFetched, cached: blocksCached, operands, timeLine, ...times } = figures
    const done = {
      ...times,
      id: unit.id,
      slave: this.#slave,
      blocksFetched,
      blocksCached,
      variant: running.variant,
      processorSha256: running.sha256,
      operands: [...operands].map(([matrix, bytes]) => ({ matrix, ...bytes })),
    }
    await this.#say(() => this.#shell.link.call(unit.replyTo, 'unitDone', done))
    const { id, tile } = unit
    const { spans } = timeLine
    this.#shell.logger.debug({ unit: id, bytes: tileBytes(unit), tile, ...times, spans }, 'unit done')
  }

  failed(unit: WorkUnit, fault: GemmeshError): Promise<void> {
    const failed = { id: unit.id, slave: this.#slave, fault: faultOf(fault) }
    return this.#say(() => this.#shell.link.call(unit.replyTo, 'unitFailed', failed))
  }

  /** Tells the master, or gives up: what it never hears, it learns from the lease. */
  async #say(call: () => Promise<unknown>): Promise<void> {
    const { logger, world } = this.#shell
    try {
      await retry(call, { ...patience.message, signal: this.#signal, world, budget: this.#budget })
    } catch (error) {
      logger.warn({ reason: asGemmeshError(error).message }, 'the master did not hear of a unit')
    }
  }
}
