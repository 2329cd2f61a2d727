/** A result that its user takes along: master-combine's file becomes the user's, whatever happens between. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Test, test } from 'tap'
import { fileReferenceType } from '../../src/api/schemas/file-reference-type.ts'
import type { FileReference } from '../../src/api/schemas.ts'
import { MasterHttp } from '../../src/client/http.ts'
import { Job } from '../../src/client/job.ts'
import { gemmesh } from '../cli/run-gemmesh.ts'
import { LocalCluster } from './local-cluster.ts'
import { load, naive, save, smallIntegers } from './matrices.ts'

const [a, b] = [smallIntegers(1, 'float32', [70, 50]), smallIntegers(2, 'float32', [50, 90])]
const wanted = naive(a, b)

async function start(t: Test) {
  const { cluster, client } = await LocalCluster.start(t, { performance: [1] })
  const at = (name: string) => join(cluster.folder, name)
  const [pathA, pathB] = [await save(at('a.npy'), a), await save(at('b.npy'), b)]
  const run = async () => {
    const job = await client.multiply(pathA, pathB)
    await job.done()
    return job
  }
  /** master-combine's own file. */
  const stored = async ({ id }: Job): Promise<FileReference> => {
    const headers = { accept: fileReferenceType }
    const answer = await fetch(`${cluster.origin}/v1/jobs/${id}/result`, { headers })
    t.equal(answer.status, 200)
    return (await answer.json()) as FileReference
  }
  const check = async (path: string) => {
    t.same((await load(path)).data, wanted)
    t.equal(statSync(path).nlink, 1, 'nobody else writes to it')
  }
  return { cluster, at, pathA, pathB, run, stored, check }
}

test('the file itself changes hands', async t => {
  const { at, run, stored, check } = await start(t)
  const job = await run()
  const file = await stored(job)
  await job.save(at('c.npy'), { take: true })
  await check(at('c.npy'))
  t.equal(`${statSync(at('c.npy'), { bigint: true }).ino}`, file.inode)
  t.notOk(existsSync(file.path))
  await t.rejects(job.save(at('d.npy')), { code: 'GEMMESH_JOB_UNKNOWN' })
  t.notOk(existsSync(at('d.npy')))
  t.equal((await job.receipt()).job, job.id)
})

test('unless it is to stay, is printed, streamed, or on another file system', async t => {
  const { at, run, stored, check } = await start(t)
  const job = await run()
  const { path } = await stored(job)
  await job.save(at('c.npy'))
  await check(at('c.npy'))
  await job.save(at('streamed.npy'), { take: true, stream: true })
  await check(at('streamed.npy'))
  await job.save(at('c.csv'), { take: true })
  t.equal(readFileSync(at('c.csv'), 'utf8').split('\n')[0], wanted.subarray(0, 90).join())
  const memory = '/dev/shm'
  if (existsSync(memory) && statSync(memory).dev !== statSync(path).dev) {
    const folder = mkdtempSync(join(memory, 'gemmesh-test-'))
    t.teardown(() => rmSync(folder, { recursive: true }))
    await job.save(join(folder, 'c.npy'), { take: true })
    await check(join(folder, 'c.npy'))
  }
  t.ok(existsSync(path))
  t.equal(statSync(path).nlink, 1)
})

test('where master-combine does not let go, it is copied', async t => {
  const { cluster, at, run, stored, check } = await start(t)
  const { id } = await run()
  class Deaf extends MasterHttp {
    override async discard(): Promise<void> {
      throw new Error('the connection is cut')
    }
  }
  const http = new Deaf(cluster.origin)
  const job = new Job(id, http)
  const file = await stored(job)
  await job.save(at('c.npy'), { take: true })
  await http.close()
  await check(at('c.npy'))
  t.not(`${statSync(at('c.npy'), { bigint: true }).ino}`, file.inode)
  t.ok(existsSync(file.path))
})

test('of those who take it at once, whoever gets it has all of it, and one at least does', async t => {
  const { at, run, check } = await start(t)
  for (let round = 0; round < 5; round++) {
    const job = await run()
    const paths = [1, 2, 3].map(number => at(`${round}-${number}.npy`))
    const outcomes = await Promise.allSettled(paths.map(path => job.save(path, { take: true })))
    let got = 0
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.status === 'rejected') {
        t.equal(outcome.reason.code, 'GEMMESH_JOB_UNKNOWN')
        continue
      }
      got++
      await check(paths[index] ?? '')
    }
    t.ok(got >= 1)
  }
})

test('what cannot get its name when it was taken along is not lost', async t => {
  const { at, run, check } = await start(t)
  const job = await run()
  mkdirSync(at('folder.npy'))
  const error: unknown = await job.save(at('folder.npy'), { take: true }).catch(reason => reason)
  t.match(error, { code: 'GEMMESH_OUTPUT_UNWRITABLE', message: /It is .*: rename that/ })
  const [, left = ''] = /It is (.*): rename that/.exec(String(error)) ?? []
  await check(left)
})

test('gemmesh multiply -o takes it along, unless told to keep it', async t => {
  const { cluster, at, pathA, pathB, check } = await start(t)
  const words = ['multiply', pathA, pathB, '--master', cluster.origin, '--json', '--quiet', '-o']
  for (const [more, code] of [
    [[], 404],
    [['--keep'], 200],
  ] as const) {
    const { exit, stdout, stderr } = await gemmesh([...words, at('c.npy'), ...more])
    t.equal(exit, 0, stderr)
    await check(at('c.npy'))
    const lines = stdout.trim().split('\n')
    const { id } = lines.map(line => JSON.parse(line)).find(({ type }) => type === 'result')
    t.equal((await fetch(`${cluster.origin}/v1/jobs/${id}/result`)).status, code)
  }
  const { exit, stderr } = await gemmesh(['multiply', pathA, pathB, '--keep', '-o', at('c.npy')])
  t.equal(exit, 2)
  t.match(stderr, /--keep is for jobs of a cluster/)
})
