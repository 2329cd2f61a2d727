import t from 'tap'
import { deviationsAt, leastSilence, PhiAccrual } from '../../src/core/phi-accrual.ts'

const expectedMs = 1000

/** Heard at these intervals; when the last was. */
function heard(intervals: readonly number[]): [detector: PhiAccrual, now: number] {
  const detector = new PhiAccrual(expectedMs, 0)
  let now = 0
  for (const interval of intervals) {
    now += interval
    detector.hear(now)
  }
  return [detector, now]
}

t.test('phi is what a table of the normal distribution gives', async t => {
  // Mean 1000, deviation 250: the tail beyond 0, 1, 2 and 3 deviations.
  const detector = new PhiAccrual(expectedMs, 0)
  for (const [deviations, tail] of [
    [0, 0.5],
    [1, 0.158_655],
    [2, 0.022_75],
    [3, 0.001_35],
  ] as const) {
    const phi = detector.phi(1000 + 250 * deviations)
    t.ok(Math.abs(10 ** -phi - tail) < 0.000_15, `${deviations} deviations: 10^-${phi}, tail ${tail}`)
  }
})

t.test('a threshold is reached when it is said to be', async t => {
  for (const threshold of [0.5, 1, 3, 8, 12, 40]) {
    const deviations = deviationsAt(threshold)
    const [detector, now] = heard([900, 1300, 1000, 700])
    const at = detector.reaches(deviations)
    t.ok(at > now)
    t.ok(Math.abs(detector.phi(at) - threshold) < 1e-6, `${threshold}: ${detector.phi(at)}`)
    t.ok(detector.phi(at - 1) < threshold)
  }
})

t.test('who is irregular is given more time; then less again', async t => {
  const deviations = deviationsAt(8)
  const silence = ([detector, now]: [PhiAccrual, number]) => detector.reaches(deviations) - now
  const regular = silence(heard(Array(50).fill(1000)))
  t.ok(Math.abs(regular - leastSilence(expectedMs, deviations)) < 1e-6)
  t.ok(regular > 2 * expectedMs, 'one heartbeat may get lost')
  const irregular = Array.from({ length: 50 }, (_, i) => (i % 2 === 0 ? 200 : 1800))
  t.ok(silence(heard(irregular)) > 1.5 * regular)
  const calmed = silence(heard([...irregular, ...Array(60).fill(1000)]))
  t.ok(calmed < 1.2 * regular, `${calmed}`)
})

t.test('neither doubled heartbeats nor one long pause change much', async t => {
  const deviations = deviationsAt(8)
  const [doubled, now] = heard(Array.from({ length: 60 }, (_, i) => (i % 2 === 0 ? 1000 : 0)))
  t.ok(doubled.reaches(deviations) - now >= leastSilence(expectedMs, deviations))
  const [paused, then] = heard([1000, 1000, 600_000])
  t.ok(paused.reaches(deviations) - then < 8 * expectedMs)
})
