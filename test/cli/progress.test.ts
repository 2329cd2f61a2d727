import t from 'tap'
import { recordProgress, showProgress } from '../../src/cli/progress.ts'

/** A stream that keeps what is written; a terminal or a log. */
function stream(isTTY: boolean) {
  const written: string[] = []
  return { isTTY, columns: 60, written, write: (text: string | Uint8Array) => written.push(String(text)) > 0 }
}

t.beforeEach(() => {
  delete process.env.CI
  process.env.TERM = 'xterm'
})

t.test('on a terminal: one line, drawn anew, wiped at the end', t => {
  const terminal = stream(true)
  const progress = showProgress(terminal, 'multiply')
  progress.update({ fraction: 0.5, gflops: 181.4, gigabytesPerSecond: 1.25, note: '5 of 10 units' })
  progress.update({ fraction: 0.6 }) // too soon after the last
  progress.end()
  t.equal(terminal.written.length, 2)
  t.ok(terminal.written[0]?.startsWith('\r\x1b[2Kmultiply [############------------] 50 %, 5 of 10 units, '))
  t.ok((terminal.written[0] ?? '').length <= 60 + '\r\x1b[2K'.length, 'it never wraps')
  t.equal(terminal.written[1], '\r\x1b[2K')
  t.end()
})

t.test('on a log: nothing of what is soon done', t => {
  const log = stream(false)
  const progress = showProgress(log, 'multiply')
  progress.update({ fraction: 0.5 })
  progress.end()
  t.strictSame(log.written, [])
  t.end()
})

t.test('on a log that wants it: plain lines', t => {
  const log = stream(false)
  const progress = showProgress(log, 'multiply', 0)
  progress.update({ fraction: 0 })
  progress.update({ fraction: 1, gflops: 42 })
  progress.end()
  t.strictSame(log.written, ['multiply: 0 %\n', 'multiply: 100 %, 42.0 GFLOPS\n'])
  t.end()
})

for (const [name, value] of [
  ['CI', 'true'],
  ['TERM', 'dumb'],
] as const)
  t.test(`${name}=${value} is a log, even on a terminal`, t => {
    process.env[name] = value
    const terminal = stream(true)
    showProgress(terminal, 'multiply', 0).update({ fraction: 0.25 })
    t.match(terminal.written.join(''), /^multiply: 25 %/)
    t.end()
  })

t.test('for programs: the figures as they are', t => {
  const records: object[] = []
  const progress = recordProgress('upload', fields => records.push(fields))
  progress.update({ fraction: 0.25, gigabytesPerSecond: 1.5 })
  t.match(records, [{ phase: 'upload', fraction: 0.25, gigabytesPerSecond: 1.5, elapsedMs: Number }])
  t.end()
})
