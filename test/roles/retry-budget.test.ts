import t from 'tap'
import { GemmeshError } from '../../src/errors.ts'
import { retry } from '../../src/roles/retry.ts'
import { RetryBudget } from '../../src/roles/retry-budget.ts'
import { machineWorld, type World } from '../../src/roles/world.ts'

/** A clock that moves when it is told to, or waits. */
function stillWorld(): World & { pass(ms: number): void; waited: number[] } {
  let now = 0
  const waited: number[] = []
  return {
    ...machineWorld,
    now: () => now,
    random: () => 0,
    async delay(ms) {
      waited.push(ms)
      now += ms
    },
    pass(ms) {
      now += ms
    },
    waited,
  }
}

t.test('a few retries a second there are in any case, then each waits', async t => {
  const world = stillWorld()
  const budget = new RetryBudget(world)
  for (let i = 0; i < 10; i++) t.equal(budget.take(), 0)
  t.equal(budget.take(), 100)
  t.equal(budget.take(), 200, 'those that wait stand in line')
  world.pass(1000)
  t.equal(budget.take(), 0)
})

t.test('beyond them, one retry in ten calls', async t => {
  const world = stillWorld()
  const budget = new RetryBudget(world)
  while (budget.take() === 0);
  let free = 0
  for (let call = 0; call < 1000; call++) {
    budget.called()
    if (call % 2 === 0 && budget.take() === 0) free++
    else if (call % 2 === 0) world.pass(0)
  }
  t.ok(free <= 100, `${free} of 500`)
  const calm = new RetryBudget(world)
  for (let call = 0; call < 10_000; call++) calm.called()
  let saved = 0
  while (calm.take() === 0) saved++
  t.equal(saved, 100, 'not more than so many are saved up')
})

t.test('a node that is away is called no more often for a thousand messages that wait for it', async t => {
  const world = stillWorld()
  const budget = new RetryBudget(world)
  const { signal } = new AbortController()
  let isAway = true
  let calls = 0
  const call = async () => {
    calls++
    if (isAway) throw new GemmeshError('GEMMESH_NODE_UNREACHABLE', 'away')
  }
  const options = { tries: 3, firstMs: 0, maxMs: 0, signal, world, budget }
  for (let message = 0; message < 1000; message++) await retry(call, options).catch(() => {})
  const seconds = world.now() / 1000
  const retries = calls - 1000
  t.equal(retries, 2000)
  t.ok(retries <= 10 * seconds + 0.1 * 1000 + 10 + 1, `${retries} retries in ${seconds} s`)
  isAway = false
  const before = world.waited.length
  await retry(call, options)
  t.equal(world.waited.length, before, 'what succeeds at once waits for nothing')
})

t.test('a retry that succeeds costs nothing', async t => {
  const world = stillWorld()
  const budget = new RetryBudget(world)
  const { signal } = new AbortController()
  for (let message = 0; message < 1000; message++) {
    let isAway = true
    const call = async () => {
      if (!isAway) return
      isAway = false
      throw new GemmeshError('GEMMESH_NODE_UNREACHABLE', 'a moment ago')
    }
    await retry(call, { tries: 2, firstMs: 0, maxMs: 0, signal, world, budget })
  }
  t.equal(world.now(), 0)
})
