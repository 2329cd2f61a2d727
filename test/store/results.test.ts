import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ResultStore } from '../../src/store/results.ts'
import { FaultyDisk, systemError } from '../formats/faulty-disk.ts'
import { patternBytes, whole } from '../formats/make-npy.ts'
import { Life, Sim } from '../simulation/faults/sim.ts'
import { SimDisk } from '../simulation/faults/sim-disk.ts'

const spec = { dtype: 'float64', rows: 30, columns: 20, dimensions: 2 } as const
const content = patternBytes(spec)

t.test('the way of a result', async t => {
  const folder = join(t.testdir({}), 'results')
  const store = await ResultStore.open(folder)
  const writer = await store.create('job-1', spec)
  t.strictSame(readdirSync(folder), ['job-1.npy.partial'])
  await writer.write(whole(spec), content)
  await t.rejects(store.path('job-1'), { code: 'GEMMESH_JOB_UNFINISHED' })
  await t.rejects(store.create('job-1', spec), { code: 'GEMMESH_USAGE', message: /has begun already/ })

  const sealed = await store.seal('job-1')
  t.strictSame(readdirSync(folder), ['job-1.npy'])
  const file = readFileSync(sealed.path)
  t.ok(file.subarray(-content.length).equals(content))
  t.equal(sealed.bytes, file.length)
  t.equal(await store.path('job-1'), sealed.path)
  t.strictSame(await store.seal('job-1'), sealed, 'once more is the same')

  await store.discard('job-1')
  t.strictSame(readdirSync(folder), [])
  await t.rejects(store.path('job-1'), { code: 'GEMMESH_JOB_UNKNOWN' })
  await t.rejects(store.seal('job-1'), { code: 'GEMMESH_JOB_UNKNOWN' })
  await store.discard('job-1')
})

t.test('sealed twice at once', async t => {
  const store = await ResultStore.open(t.testdir({}))
  const writer = await store.create('j', spec)
  await writer.write(whole(spec), content)
  const [one, other] = await Promise.all([store.seal('j'), store.seal('j')])
  t.strictSame(one, other)
})

t.test('sealed again when there was no room for its name', async t => {
  const folder = t.testdir({})
  const disk = new FaultyDisk()
  const store = await ResultStore.open(folder, { disk })
  const writer = await store.create('j', spec)
  await writer.write(whole(spec), content)
  const { syncFolder } = disk
  disk.syncFolder = async () => {
    throw systemError('ENOSPC')
  }
  for (const when of ['the file has its name already', 'and still'])
    await t.rejects(store.seal('j'), { code: 'GEMMESH_STORAGE_FULL' }, when)
  disk.syncFolder = syncFolder
  const sealed = await store.seal('j')
  t.strictSame(readdirSync(folder), ['j.npy'])
  t.ok(readFileSync(sealed.path).subarray(-content.length).equals(content))
})

t.test('a result that is thrown away before its end', async t => {
  const folder = t.testdir({})
  const store = await ResultStore.open(folder)
  await store.create('j', spec)
  await store.discard('j')
  t.strictSame(readdirSync(folder), [])
  await store.create('j', spec)
  await store.discard('j')
})

t.test('a restart keeps what is sealed and removes what is not', async t => {
  const folder = t.testdir({})
  const first = await ResultStore.open(folder)
  await first.create('sealed', spec)
  const sealed = await first.seal('sealed')
  await first.create('open', spec)
  await first.close()
  writeFileSync(join(folder, 'other.txt'), '')
  const second = await ResultStore.open(folder)
  t.strictSame(readdirSync(folder).sort(), ['other.txt', 'sealed.npy'])
  t.equal(await second.path('sealed'), sealed.path)
  t.strictSame(await second.seal('sealed'), sealed)
})

t.test('a restart goes on with jobs that are said to be kept', async t => {
  const folder = t.testdir({})
  const first = await ResultStore.open(folder)
  const layering = { layers: 2, add: (sum: number, next: number) => sum + next }
  await (await first.create('plain', spec)).write(whole(spec), content)
  const layers = await first.create('layered', spec, layering)
  await layers.write(whole(spec), content)
  await first.create('other', spec)
  await first.create('sealed', spec, layering)
  await first.seal('sealed')
  await first.close()
  // A crash between the new name and the end of the layers.
  writeFileSync(join(folder, 'sealed.npy.layers'), '')

  const second = await ResultStore.open(folder, {}, new Set(['plain', 'layered', 'sealed', 'gone']))
  t.strictSame(readdirSync(folder).sort(), [
    'layered.npy.layers',
    'layered.npy.partial',
    'plain.npy.partial',
    'sealed.npy',
  ])
  t.ok(await second.isSealed('sealed'))
  t.notOk(await second.isSealed('plain'))
  t.equal(await second.resume('gone', spec), undefined)
  t.equal(await second.resume('plain', spec, layering), undefined, 'it has no layers')
  t.ok(await second.resume('plain', spec))
  t.ok(
    readFileSync((await second.seal('plain')).path)
      .subarray(-content.length)
      .equals(content),
  )
  t.equal((await second.resume('layered', spec, layering))?.spec.rows, 60)
  t.ok(
    readFileSync((await second.seal('layered')).path)
      .subarray(-content.length)
      .equals(content),
  )
  t.strictSame(readdirSync(folder).sort(), ['layered.npy', 'plain.npy', 'sealed.npy'])
  await second.close()
})

t.test('a restart flushes the files that a killed process made and did not settle', async t => {
  for (const layering of [undefined, { layers: 2, add: (sum: number, next: number) => sum + next }]) {
    const sim = new Sim(1)
    const disk = new SimDisk(sim)
    const done = async <T>(work: Promise<T>): Promise<T> => {
      let isOver = false
      const ended = work.finally(() => {
        isOver = true
      })
      await sim.run(() => isOver, Number.POSITIVE_INFINITY, 1000)
      return ended
    }
    const killed = new Life('killed')
    const first = await done(ResultStore.open('/results', { disk: disk.of(killed) }))
    await done(first.create('j', spec, layering))
    killed.end()
    const kept = new Set(['j'])
    const second = await done(ResultStore.open('/results', { disk: disk.of(new Life('next')) }, kept))
    t.ok(await done(second.resume('j', spec, layering)))
    t.equal(disk.paths.length, layering === undefined ? 1 : 2)
    for (const path of disk.paths) t.strictSame(disk.durableBytes(path), disk.bytes(path), path)
  }
})

t.test('a job id never leaves the folder', async t => {
  const folder = t.testdir({ 'outside.npy': '', results: {} })
  const store = await ResultStore.open(join(folder, 'results'))
  for (const job of ['../outside', '', '.', 'a/b', 'a\\b', 'a\0', '-a', 'x'.repeat(200)]) {
    const unknown = { code: 'GEMMESH_JOB_UNKNOWN' }
    await t.rejects(store.path(job), unknown)
    await t.rejects(store.create(job, spec), unknown)
    await t.rejects(store.seal(job), unknown)
    await t.rejects(store.discard(job), unknown)
  }
  t.ok(existsSync(join(folder, 'outside.npy')))
})

t.test('results go by age and quota, but for those that were fetched or sealed a moment ago', async t => {
  const folder = t.testdir({})
  let now = Date.now()
  const bytes = content.length + 128
  const said: number[] = []
  const store = await ResultStore.open(folder, {
    keeping: { ageMs: 10 * 3_600_000, quotaBytes: 2.5 * bytes },
    onCollected: collected => said.push(collected.files),
    now: () => now,
  })
  const make = async (job: string) => {
    await store.create(job, spec)
    await store.seal(job)
    await store.path(job)
  }
  await make('a')
  await make('b')
  await t.rejects(store.create('c', spec), {
    code: 'GEMMESH_STORAGE_FULL',
    message:
      /^A result of 4800 bytes does not fit: the quota is 12320, and 9856 bytes are those of .* "result-quota"/,
  })
  t.strictSame(readdirSync(folder), ['a.npy', 'b.npy'], 'all were made a moment ago')
  now += 3_600_000
  await store.path('a')
  await make('d')
  t.strictSame(readdirSync(folder), ['a.npy', 'd.npy'], 'the other was not fetched since')
  now += 3_600_000
  await store.create('e', spec)
  t.strictSame(readdirSync(folder).length, 2)
  await store.create('f', spec)
  t.strictSame(readdirSync(folder), ['e.npy.partial', 'f.npy.partial'], 'all that can go')
  await t.rejects(store.create('g', spec), { code: 'GEMMESH_STORAGE_FULL' }, 'what is being written counts')
  await store.discard('f')
  await make('h')
  now += 11 * 3_600_000
  await store.collect()
  t.strictSame(readdirSync(folder), ['e.npy.partial'], 'what is being written stays')
  t.strictSame(said, [1, 1, 1, 1])
  await t.rejects(store.path('a'), { code: 'GEMMESH_JOB_UNKNOWN' })
  await store.close()
})
