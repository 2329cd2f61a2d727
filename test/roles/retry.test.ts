import { test } from 'tap'
import { GemmeshError } from '../../src/errors.ts'
import { retry } from '../../src/roles/retry.ts'
import { machineWorld as world } from '../../src/roles/world.ts'

const options = { tries: 4, firstMs: 0, maxMs: 0, signal: new AbortController().signal, world }
const failing = (error: Error, times: number) => {
  let calls = 0
  return {
    calls: () => calls,
    call: async () => {
      calls++
      if (calls <= times) throw error
      return calls
    },
  }
}

test('what may pass is tried again, so many times', async t => {
  const away = new GemmeshError('GEMMESH_NODE_UNREACHABLE', 'away')
  const twice = failing(away, 2)
  t.equal(await retry(twice.call, options), 3)
  const always = failing(away, Number.POSITIVE_INFINITY)
  await t.rejects(retry(always.call, options), { code: 'GEMMESH_NODE_UNREACHABLE' })
  t.equal(always.calls(), 4)
})

test('what will not pass is not', async t => {
  const refused = failing(new GemmeshError('GEMMESH_TILE_REFUSED', 'no'), 9)
  await t.rejects(retry(refused.call, options), { code: 'GEMMESH_TILE_REFUSED' })
  const own = failing(new Error('a bug'), 9)
  await t.rejects(retry(own.call, options), { message: 'a bug' })
  t.same([refused.calls(), own.calls()], [1, 1])
})

test('an end ends the waiting', async t => {
  const abort = new AbortController()
  const away = failing(new GemmeshError('GEMMESH_NODE_UNREACHABLE', 'away'), 9)
  const waiting = retry(away.call, { tries: 9, firstMs: 1e9, maxMs: 1e9, signal: abort.signal, world })
  abort.abort()
  await t.rejects(waiting)
  t.equal(away.calls(), 1)
})
