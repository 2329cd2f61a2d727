import { readFileSync } from 'node:fs'
import t from 'tap'
import { asGemmeshError, errorTable, exitCodes, GemmeshError, isErrorCode } from '../src/errors.ts'

const page = readFileSync(new URL('../docs/ERRORS.md', import.meta.url), 'utf8')

/** The cells of every row of the page's tables that begins with `pattern`. */
const rows = (pattern: RegExp): string[][] =>
  page
    .split('\n')
    .filter(line => pattern.test(line))
    .map(line =>
      line
        .split('|')
        .slice(1, -1)
        .map(cell => cell.trim()),
    )

t.test('docs/ERRORS.md lists the table, whole and in its order, and nothing else', t => {
  const listed = rows(/^\| `GEMMESH_/)
  const wanted = Object.entries(errorTable).map(([code, { exit, status, retryable, summary }]) => [
    `\`${code}\``,
    String(exit),
    String(status),
    retryable ? 'yes' : 'no',
    summary,
  ])
  t.strictSame(listed, wanted)
  t.end()
})

t.test('docs/ERRORS.md lists the exit codes', t => {
  t.strictSame(
    rows(/^\| \d+ *\|/).map(([exit]) => Number(exit)),
    Object.values(exitCodes),
  )
  t.end()
})

t.test('an error knows its row of the table', t => {
  const error = new GemmeshError('GEMMESH_PORT_TAKEN', 'taken', { faults: ['one'] })
  t.equal(error.kind, errorTable.GEMMESH_PORT_TAKEN)
  t.strictSame(error.faults, ['one'])
  t.equal(asGemmeshError(error), error)
  t.end()
})

t.test('whatever else is thrown becomes GEMMESH_INTERNAL around its cause', t => {
  const cause = new TypeError('odd')
  const error = asGemmeshError(cause)
  t.match(error, { code: 'GEMMESH_INTERNAL', message: 'odd', cause })
  t.equal(asGemmeshError('text').message, 'text')
  t.end()
})

t.test('codes are told from other strings', t => {
  t.ok(isErrorCode('GEMMESH_USAGE'))
  for (const other of ['toString', 'GEMMESH_NOT', 1, undefined]) t.notOk(isErrorCode(other), String(other))
  t.end()
})
