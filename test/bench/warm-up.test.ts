import t from 'tap'
import { warmUp } from '../../bench/cluster/warm-up.ts'

const MiB = 2 ** 20

/** Products that take 1, 2, 3 ... ms. */
const counted = () => {
  let count = 0
  return async () => ++count
}

t.test('who has no process that stays warms up once', async t => {
  t.same(await warmUp({}, counted()), [1])
})

t.test('who has some goes on until none of them grows by more than a little', async t => {
  const states = [
    [100, 100],
    [400, 110],
    [410, 500],
    [420, 530],
  ] // MiB, after each product
  let asked = 0
  const residentBytes = async () => (states[asked++] ?? []).map(mib => mib * MiB)
  t.same(await warmUp({ residentBytes }, counted()), [1, 2, 3, 4])
})

t.test('who never stops growing is not waited for', async t => {
  let bytes = 0
  const residentBytes = async () => {
    bytes += 100 * MiB
    return [bytes]
  }
  t.equal((await warmUp({ residentBytes }, counted())).length, 6)
})
