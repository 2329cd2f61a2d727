/** Tables for people: a head, rows, no frame; columns of figures flush right. */
import Table from 'cli-table3'

type Cell = string | number

const none = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
} // prettier-ignore

/** The rows under their head, each line indented by two; `right` says which columns are flush right. */
export function renderTable(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  right: readonly number[] = [],
): string {
  const table = new Table({
    chars: none,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    colAligns: (rows[0] ?? head).map((_, column) => (right.includes(column) ? 'right' : 'left')),
  })
  if (head.length > 0) table.push([...head])
  table.push(...rows.map(row => row.map(String)))
  return table
    .toString()
    .split('\n')
    .map(line => `  ${line}`.trimEnd())
    .join('\n')
}
