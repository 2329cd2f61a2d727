import { pino } from 'pino'
import t from 'tap'
import { keepHouse } from '../../src/roles/housekeeping.ts'
import { SteadyClock } from '../../src/roles/steady-clock.ts'
import { machineWorld } from '../../src/roles/world.ts'

const [minute, hour, day] = [60_000, 3_600_000, 24 * 3_600_000]

function clocks() {
  const at = { wall: 1e12, steady: 5000 }
  const world = { ...machineWorld, now: () => at.steady, wallNow: () => at.wall }
  const pass = (ms: number) => {
    at.wall += ms
    at.steady += ms
  }
  return { at, world, pass }
}

t.test('who sets the clock makes nothing older', async t => {
  const { at, world, pass } = clocks()
  const clock = new SteadyClock(world)
  pass(hour)
  t.equal(clock.now(), 1e12 + hour)
  at.wall += 1000 * day
  t.equal(clock.now(), 1e12 + hour, 'forward: what has passed counts')
  t.equal(clock.jumpedMs(), 1000 * day)
  pass(hour)
  t.equal(clock.jumpedMs(), 0, 'said once')
  t.equal(clock.now(), 1e12 + 2 * hour)
  at.wall -= 1000 * day
  t.equal(clock.jumpedMs(), -1000 * day, 'set right again')
  t.equal(clock.now(), at.wall)
  at.wall -= 10 * day
  t.equal(clock.now(), at.wall, 'back: what it shows counts')
  t.equal(clock.jumpedMs(), -10 * day)
})

t.test('a clock that stays is believed after a day', async t => {
  const { at, world, pass } = clocks()
  const clock = new SteadyClock(world)
  at.wall += 30 * day
  t.equal(clock.now(), 1e12)
  pass(23 * hour)
  t.equal(clock.now(), 1e12 + 23 * hour)
  pass(hour)
  t.equal(clock.now(), at.wall)
  pass(day)
  t.equal(clock.now(), at.wall)
})

t.test('a clock that is a little off is just a clock', async t => {
  const { at, world, pass } = clocks()
  const clock = new SteadyClock(world)
  for (let count = 0; count < 100; count++) {
    pass(hour)
    at.wall += 50
    t.equal(clock.jumpedMs(), 0)
  }
  t.ok(Math.abs(clock.now() - at.wall) < minute)
})

t.test('nothing is removed in a round in which the clock jumped, nor at once', async t => {
  const { at, world, pass } = clocks()
  const due: (() => void)[] = []
  const after = (_: number, action: () => void) => {
    due.push(action)
    return () => {}
  }
  const said: string[] = []
  const logger = pino({ level: 'warn' }, { write: (line: string) => said.push(line) })
  let collected = 0
  const shell = { logger, world: { ...world, after } }
  keepHouse(shell, async () => collected++)
  const round = () => {
    pass(10 * minute)
    due.shift()?.()
    return collected
  }
  t.equal(collected, 0)
  t.equal(round(), 1)
  at.wall += 400 * day
  t.equal(round(), 1)
  t.match(said[0], /the clock of this machine was set: nothing is removed for its age/)
  t.equal(round(), 2)
})
