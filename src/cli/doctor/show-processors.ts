/** Which processor was chosen, and what that rests on: for `gemmesh doctor` and the benchmark. */
import { dtypes } from '../../core/matrix.ts'
import type { Selection } from '../../kernel/select.ts'
import type { Tuning } from '../../kernel/tuning.ts'
import { renderTable } from '../table.ts'
import { formatBytes, formatRate } from '../units.ts'

export interface Shown extends Omit<Selection, 'chosen'> {
  readonly chosen: { readonly variant: string; readonly tuning: Tuning }
}

/** A table of all candidates and their shapes, and where the figures come from. */
export function showProcessors({ chosen, candidates, origin, l2Bytes }: Shown): string {
  const table = renderTable(
    ['processor', ...dtypes, 'finding'],
    candidates.map(({ variant, figures, reason }) => {
      const isChosen = variant === chosen.variant
      const cells = dtypes.map(dtype =>
        figures
          .filter(figure => figure.dtype === dtype)
          .map(({ shape, gflops }) => {
            const mark = isChosen && chosen.tuning.shapes[dtype] === shape ? '*' : ' '
            return `${shape} ${formatRate(gflops)}${mark}`
          })
          .join('\n'),
      )
      return [isChosen ? `${variant} (chosen)` : variant, ...cells, reason]
    }),
  )
  const { float32, float64 } = chosen.tuning.mc
  const l2 = l2Bytes === undefined ? 'of unknown size' : `of ${formatBytes(l2Bytes)}`
  return [
    'the processors and the shapes of their micro-tiles, GFLOPS on one thread from a short run (* chosen)',
    table,
    `blocks of A have ${float32} rows (float32), ${float64} (float64): the L2 cache is ${l2}`,
    describeOrigin(origin),
  ].join('\n')
}

function describeOrigin({ cached, at, file, fault }: Selection['origin']): string {
  if (cached) return `measured by an earlier start (${at}), kept in ${file}; the chosen one was tested again`
  if (file === undefined) return 'measured now, and not kept: GEMMESH_CACHE is off'
  if (fault !== undefined) return `measured now, and not kept: ${fault}`
  return `measured now, and kept for the next start in ${file}`
}
