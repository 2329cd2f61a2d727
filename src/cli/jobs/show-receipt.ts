/** The receipt of a job, for people and for programs: who computed what, and what proves that it is right. */
import type { Cluster, Receipt } from '../../client/index.ts'
import { renderTable } from '../table.ts'
import type { Terminal } from '../terminal.ts'
import { formatPercent } from '../units.ts'
import { findJob } from './find-job.ts'

/** Of so many tiles a person looks at each one. */
const tilesShown = 64

/** With --json: one record of type `receipt`, then one of type `tile` for each tile. */
export async function showReceipt(
  cluster: Cluster,
  idOrBeginning: string,
  terminal: Terminal,
): Promise<void> {
  const { id } = await findJob(cluster, idOrBeginning)
  const receipt = await cluster.job(id).receipt()
  const { tiles, ...facts } = receipt
  terminal.record('receipt', facts)
  for (const tile of tiles) terminal.record('tile', tile)
  terminal.print(describe(receipt))
}

const methods: Readonly<Record<Receipt['method'], (vectors: number) => string>> = {
  real: vectors =>
    `each tile times ${vectors} secret vectors, in float64, up to what rounding explains (Freivalds)`,
  modular: vectors => `each tile times ${vectors} secret vectors modulo 2^32, exactly (Freivalds)`,
  sampled: () => 'secret entries of each tile, exactly: sums of this semiring have no random check',
  none: () => 'none: the job asked for no checks',
}

function describe(receipt: Receipt): string {
  const { job, sealed, dtype, semiring, shape, layers, units, totals, wrong, tiles } = receipt
  const kind = semiring === 'plus-times' ? dtype : `${dtype} ${semiring}`
  const parts = layers > 1 ? `, the sum of ${layers} layers` : ''
  const rows = tiles.reduce((sum, { tile }) => sum + tile.rows, 0)
  const facts: [string, string][] = [
    ['result', `${kind} ${shape.join('x')}${parts}${sealed ? '' : '; not complete yet'}`],
    ['check', methods[receipt.method](receipt.vectors)],
    ['tiles', `${totals.placed} of ${units} placed, ${totals.checked} of them checked`],
  ]
  if (receipt.method === 'real') {
    facts.push(
      ['largest residual', `${formatPercent(totals.worst)} of what is allowed`],
      ['rows', `${rows - totals.rowsUnchecked} checked, ${totals.rowsUnchecked} could not be`],
    )
  }
  facts.push(['wrong', totals.wrong === 0 ? 'none' : `${totals.wrong} tiles, each computed again`])
  const texts = [`receipt of job ${job}`, renderTable([], facts)]
  if (wrong.length > 0) {
    texts.push(
      'tiles that failed their check',
      renderTable(
        ['unit', 'attempt', 'slave', 'why'],
        wrong.map(({ unit, attempt, slave, message }) => [unit, attempt, slave, message]),
        [0, 1],
      ),
    )
  }
  texts.push('who computed it', slavesTable(receipt))
  if (tiles.length <= tilesShown) texts.push('tile by tile', tilesTable(receipt))
  else texts.push(`of ${tiles.length} tiles each one: --json`)
  return texts.join('\n')
}

/** By slave and processor. */
function slavesTable({ tiles }: Receipt): string {
  const groups = Map.groupBy(tiles, ({ slave, processor }) => `${slave} ${processor}`)
  return renderTable(
    ['slave', 'tiles', 'elements', 'largest residual', 'variant', 'processor'],
    [...groups.values()].map(group => {
      const [first] = group
      const elements = group.reduce((sum, { tile }) => sum + tile.rows * tile.columns, 0)
      const worst = group.reduce((most, { check }) => Math.max(most, check?.worst ?? 0), 0)
      const { slave = '', variant = '', processor = '' } = first ?? {}
      return [slave, group.length, elements, formatPercent(worst), variant, processor.slice(0, 16)]
    }),
    [1, 2, 3],
  )
}

function tilesTable({ tiles, layers }: Receipt): string {
  return renderTable(
    ['unit', 'tile of C', 'slave', 'attempt', 'largest residual', 'rows unchecked', 'digest'],
    tiles.map(({ unit, tile, layer, slave, attempt, check, digest }) => {
      const { row, column, rows, columns } = tile
      const place = `C[${row}:${row + rows}, ${column}:${column + columns}]`
      return [
        unit,
        layers > 1 ? `${place}, layer ${layer}` : place,
        slave,
        attempt,
        check === undefined ? 'not checked' : formatPercent(check.worst),
        check?.rowsUnchecked ?? '',
        digest,
      ]
    }),
    [0, 3, 4, 5],
  )
}
