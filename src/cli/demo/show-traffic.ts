/** What went through the two masters, by kind: the proof that results pass by master-assign. */
import type { Health } from '../../client/index.ts'
import { renderTable } from '../table.ts'
import { formatBytes } from '../units.ts'

/** Payload bytes of each kind into and out of either master. */
export function showTraffic(assign: Health, combine: Health): string {
  const kinds = [...new Set([assign, combine].flatMap(({ traffic }) => Object.keys(traffic)))].sort()
  const cells = ({ traffic }: Health, kind: string) => {
    const { inBytes, outBytes } = traffic[kind] ?? { inBytes: 0, outBytes: 0 }
    return [formatBytes(inBytes), formatBytes(outBytes)]
  }
  return [
    'payload through the masters',
    renderTable(
      ['', `into ${assign.name} (assign)`, 'out of it', `into ${combine.name} (combine)`, 'out of it'],
      kinds.map(kind => [kind, ...cells(assign, kind), ...cells(combine, kind)]),
      [1, 2, 3, 4],
    ),
  ].join('\n')
}

/** Bytes of tiles, in and out. */
export function tileBytes({ traffic }: Health): number {
  const { inBytes, outBytes } = traffic.tile ?? { inBytes: 0, outBytes: 0 }
  return inBytes + outBytes
}
