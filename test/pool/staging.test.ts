import t from 'tap'
import { dtypes } from '../../src/core/matrix.ts'
import { blocking, evenPart } from '../../src/kernel/blocking.ts'
import { planStaging, stagedBytes, stageLimitBytes } from '../../src/pool/staging.ts'

const all = { a: true, b: true, c: true }

t.test('small products are one step, with a buffer each', async t => {
  const staging = planStaging({ dtype: 'float64', m: 100, n: 60, k: 30, copied: all }, stageLimitBytes)
  t.strictSame(staging, {
    ...{ m: 100, n: 60, k: 30, kc: 30, buffers: 1 },
    // Each in whole cache lines.
    ...{ aBytes: 24_000, bBytes: 14_400, cBytes: 48_000 },
  })
})

t.test('what is in the arena takes no room', async t => {
  const copied = { a: false, b: false, c: false }
  const staging = planStaging({ dtype: 'float32', m: 1e5, n: 1e5, k: 1e5, copied }, 0)
  t.equal(stagedBytes(staging), 0)
  t.match(staging, { m: 1e5, n: 1e5, k: 1e5, buffers: 1 }, 'and is not cut')
  const resultOutside = planStaging(
    { dtype: 'float32', m: 4096, n: 4096, k: 4096, copied: { ...copied, c: true } },
    stageLimitBytes,
  )
  t.match(resultOutside, { k: 4096, aBytes: 0, bBytes: 0 }, 'k is not cut where nothing is copied along it')
})

t.test('large ones fit the limit, in steps of whole blocks of the kernel', async t => {
  for (const dtype of dtypes) {
    for (const [m, n, k] of [
      [4096, 4096, 4096],
      [1_000_000, 16, 16],
      [16, 1_000_000, 16],
      [16, 16, 1_000_000],
      [1, 4096, 4096],
      [100_000, 100_000, 100_000],
      [100_000, 100_000, 1],
    ] as const) {
      for (const limitBytes of [stageLimitBytes, stageLimitBytes / 4, 2 << 20]) {
        const staging = planStaging({ dtype, m, n, k, copied: all }, limitBytes)
        const what = `${dtype} ${m}x${n}x${k} in ${limitBytes}`
        t.ok(stagedBytes(staging) <= limitBytes, what)
        t.ok(staging.m >= 1 && staging.n >= 1 && staging.k >= 1, what)
        t.ok(staging.k === k || staging.k % evenPart(k, blocking[dtype].kc) === 0, `${what}: ${staging.k}`)
      }
    }
  }
})

t.test('where not even small blocks fit, they are planned nevertheless, for the arena to refuse', async t => {
  const staging = planStaging({ dtype: 'float64', m: 5000, n: 5000, k: 5000, copied: all }, 100_000)
  t.ok(stagedBytes(staging) > 100_000)
  t.match(
    staging,
    { k: evenPart(5000, blocking.float64.kc) },
    'and steps are no shallower: the bits stay the same',
  )
})
