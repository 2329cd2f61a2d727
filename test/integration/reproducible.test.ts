/** `reproducible`: one digest for threads, memory, cuts, processors on offer, one machine and a cluster. */
import { createHash } from 'node:crypto'
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Test, test } from 'tap'
import { multiplyFiles } from '../../src/cli/local/multiply-files.ts'
import { createGemmesh } from '../../src/index.ts'
import { gemmesh } from '../cli/run-gemmesh.ts'
import { LocalCluster } from './local-cluster.ts'
import { load, save, uniform } from './matrices.ts'

const [m, n, k] = [330, 210, 1500]
const factors = { alpha: 0.3, beta: -1.7 }

const digestOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** A (stored transposed), B and C0 of both float types, and a folder to write to. */
async function files(t: Test) {
  const folder = await mkdtemp(join(tmpdir(), 'gemmesh-bits-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const of = async (dtype: 'float32' | 'float64') => ({
    dtype,
    a: await save(join(folder, `a-${dtype}.npy`), uniform(1, dtype, [k, m])),
    b: await save(join(folder, `b-${dtype}.npy`), uniform(2, dtype, [k, n])),
    add: await save(join(folder, `c0-${dtype}.npy`), uniform(3, dtype, [m, n])),
  })
  return { folder, operands: [await of('float32'), await of('float64')] as const }
}

test('the same bits, whoever computes', { timeout: 120_000 }, async t => {
  const { folder, operands } = await files(t)
  const output = join(folder, 'c.npy')
  const found = new Map<string, Map<string, string>>()
  const note = (who: string, dtype: string, bytes: Uint8Array) => {
    const digests = found.get(dtype) ?? new Map<string, string>()
    found.set(dtype, digests.set(who, digestOf(bytes)))
  }

  for (const { dtype, a, b, add } of operands) {
    const [x, y, z] = [await load(a), await load(b), await load(add)]
    const c = { data: z.data, shape: [m, n] as const, dtype }
    for (const threads of [1, 2, 3]) {
      for (const memory of threads === 2 ? [64 << 20, 7 << 20] : [64 << 20]) {
        await using mesh = createGemmesh({ threads, memory, reproducible: true })
        const result = await mesh.multiply(
          { data: x.data, shape: [k, m], dtype },
          { data: y.data, shape: [k, n], dtype },
          { transA: true, c, ...factors },
        )
        const path = await save(output, { ...result, shape: [m, n] })
        note(`library, ${threads} threads, ${memory} bytes`, dtype, await readFile(path))
      }
      // The least memory cuts k, too.
      for (const memoryBytes of [64 << 20, (5 + 2 * threads) << 20]) {
        const { steps, variant } = await multiplyFiles({
          ...{ a, b, add, output, threads, memoryBytes, ...factors, transA: true, transB: false },
          reproducible: true,
          signal: new AbortController().signal,
          onProgress: () => {},
        })
        t.equal(variant, 'baseline')
        note(`files, ${threads} threads, ${memoryBytes} bytes, ${steps} steps`, dtype, await readFile(output))
      }
    }
    const words = ['multiply', a, b, '--trans-a', '--add', add, '--alpha', '0.3', '--beta', '-1.7']
    const outcome = await gemmesh([...words, '--reproducible', '-o', output, '--quiet'])
    t.equal(outcome.exit, 0, outcome.stderr)
    note('command line', dtype, await readFile(output))
  }

  const baseline = join(folder, 'processors')
  await cp(new URL('../../processors/baseline.wasm', import.meta.url), join(baseline, 'baseline.wasm'))
  for (const [name, spec] of Object.entries({
    'three slaves, small units': { options: { 'unit-edge': 64, 'block-edge': 256 } },
    'two slaves, larger blocks': { performance: [3, 1], options: { 'unit-edge': 200, 'block-edge': 512 } },
    'one slave, a master without wide processors': {
      performance: [1],
      options: { 'unit-edge': 128, 'block-edge': 768 },
      processorFolder: pathToFileURL(`${baseline}/`),
    },
  })) {
    await t.test(name, async t => {
      const { cluster, client } = await LocalCluster.start(t, spec)
      for (const { dtype, a, b, add } of operands) {
        const job = await client.multiply(a, b, { transA: true, add, ...factors, reproducible: true })
        const view = await job.done()
        t.match(view, { reproducible: true, semiring: 'plus-times' })
        t.ok(view.slaves.every(({ variant, unitsPlaced }) => unitsPlaced === 0 || variant === 'baseline'))
        await job.save(join(cluster.folder, 'c.npy'))
        note(`cluster: ${name}`, dtype, await readFile(join(cluster.folder, 'c.npy')))
      }
    })
  }

  for (const [dtype, digests] of found) {
    t.comment(`${dtype}: ${[...digests.keys()].join('; ')}`)
    t.ok(digests.size >= 13, `${digests.size} ways to compute`)
    t.equal(new Set(digests.values()).size, 1, `${dtype}: ${JSON.stringify([...digests], null, 1)}`)
  }
})

test('a grid that cuts k elsewhere is refused, with what helps', async t => {
  const { operands } = await files(t)
  const { client } = await LocalCluster.start(t, { performance: [1] })
  const [{ a, b }] = operands
  await t.rejects(client.multiply(a, b, { transA: true, reproducible: true }), {
    code: 'GEMMESH_USAGE',
    message: /block-edge is 32.*Set block-edge to a multiple of 256/,
  })
})
