import { setImmediate as turn } from 'node:timers/promises'
import { test } from 'tap'
import { Silence } from '../../../src/roles/slave/silence.ts'

const origin = 'http://127.0.0.5:1'

/** Of a clock that a test sets; `looks` counts how often it was looked at. */
function clock() {
  const self = { ms: 0, looks: 0 }
  const now = () => {
    self.looks++
    return self.ms
  }
  return { self, silence: new Silence(1, now) }
}

/** Until it is aborted. */
const hang = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason))
  })

test('a node that says nothing ends what waits for it', async t => {
  const { self, silence } = clock()
  const waiting = silence.during(origin, hang)
  self.ms = 1
  await t.rejects(waiting, {
    code: 'GEMMESH_NODE_UNREACHABLE',
    message: /127\.0\.0\.5:1 has been silent for 1 ms/,
  })
  t.equal(await silence.during(origin, async () => 7), 7)
})

test('its word to any of those who wait counts for all', async t => {
  const { self, silence } = clock()
  let isOver = false
  const waiting = silence.during(origin, hang).finally(() => {
    isOver = true
  })
  self.ms = 5
  silence.heard(origin)
  self.ms = 5.5
  const looked = self.looks
  while (self.looks < looked + 3) await turn()
  t.equal(isOver, false)
  silence.heard('http://127.0.0.6:1')
  self.ms = 7
  await t.rejects(waiting, { code: 'GEMMESH_NODE_UNREACHABLE' }, 'that of another one does not')
})
