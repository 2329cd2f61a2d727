import { setImmediate as turn } from 'node:timers/promises'
import t from 'tap'
import type { OpenJob } from '../../../src/protocol/messages.ts'
import { JobChecks } from '../../../src/roles/combine/job-checks.ts'
import { TileVectors } from '../../../src/verification/checks/tile-vectors.ts'
import type { ReadOperand } from '../../../src/verification/references/reference-job.ts'
import { makeReferences } from '../../../src/verification/references/references.ts'

const seed = '0123456789abcdef'.repeat(2)
const vectors = new TileVectors()
const tile = { row: 0, column: 0, rows: 2, columns: 3 }
const job: OpenJob = {
  ...{ job: 'j', dtype: 'float32', rows: 2, columns: 3, dimensions: 2, tiles: [tile] },
  ...{ replyTo: 'http://127.0.0.1:1', layers: 1, semiring: 'plus-times', exact: false },
}
const ref = { job: 'j', unit: 0, attempt: 1, epoch: 1 }
const a = [1, 2, 3, 4]
const b = [5, 6, 7, 8, 9, 10]
const c = [21, 24, 27, 47, 54, 61]
const bytesOf = (values: number[]) => new Uint8Array(Float32Array.from(values).buffer)

async function reference() {
  const facts = {
    product: {
      ...{ dtype: 'float32' as const, m: 2, n: 3, k: 2, shape: [2, 3] },
      a: { stored: [2, 2] as const, transposed: false },
      b: { stored: [2, 3] as const, transposed: false },
    },
    ...{ semiring: 'plus-times' as const, alpha: 1, beta: 0, reproducible: false, stepDepth: 1024 },
    seed: new Uint8Array(Buffer.from(seed, 'hex')),
  }
  const units = [{ unit: 0, tile, depth: { start: 0, end: 2 } }]
  const read: ReadOperand = async (operand, { row, column, rows, columns }, target) => {
    t.strictSame([row, column], [0, 0])
    target.set(bytesOf(operand === 'a' ? a : b).subarray(0, rows * columns * 4))
  }
  const made = makeReferences(facts, units, read, new AbortController().signal)
  const { value: first } = await made.next()
  if (typeof first !== 'object') throw new Error('no reference')
  return first
}

t.test('a tile waits for its reference, and is right', async t => {
  const checks = new JobChecks(job, seed, vectors)
  const check = checks.begin(0, tile)
  check.data(0, bytesOf(c))
  let verdict: unknown
  const judged = checks
    .verdict(ref, check, () => true)
    .then(found => {
      verdict = found
    })
  await turn()
  t.equal(verdict, undefined, 'nobody knows yet')
  checks.take([{ ...(await reference()), unit: 5 }])
  await turn()
  t.equal(verdict, undefined, 'that was of another unit')
  checks.take([await reference()])
  await judged
  t.match(verdict, { worst: 0, residual: 0, rowsUnchecked: 0 })
})

t.test('a reference stays until its unit is placed', async t => {
  const checks = new JobChecks(job, seed, vectors)
  checks.take([await reference(), await reference()])
  const { bytes } = checks
  t.ok(bytes > 0)
  checks.take([await reference()])
  t.equal(checks.bytes, bytes, 'once more is nothing new')
  const wrong = checks.begin(0, tile)
  wrong.data(0, bytesOf([...c.slice(0, 5), 60]))
  await t.rejects(
    checks.verdict(ref, wrong, () => true),
    {
      code: 'GEMMESH_TILE_WRONG',
      message: /attempt 1 of unit 0 of job j .*row 1 .* is [\d.]+ from .* explains/,
    },
  )
  const right = checks.begin(0, tile)
  right.data(0, bytesOf(c))
  t.ok(await checks.verdict({ ...ref, attempt: 2 }, right, () => true))
  checks.forget(0)
  t.equal(checks.bytes, 0)
  checks.forget(0)
})

t.test('nobody waits for what is not wanted', async t => {
  const checks = new JobChecks(job, seed, vectors)
  const check = checks.begin(0, tile)
  check.data(0, bytesOf(c))
  let isWanted = true
  const judged = checks.verdict(ref, check, () => isWanted)
  isWanted = false
  checks.lookAgain(0)
  t.equal(await judged, undefined)

  const late = checks.verdict(ref, check, () => true)
  await turn()
  checks.end()
  t.equal(await late, undefined)
  t.equal(await checks.verdict(ref, check, () => true), undefined)
})
