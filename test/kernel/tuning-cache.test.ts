import { readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import t from 'tap'
import { type Circumstances, cacheFolder, tuningFile, writeChoice } from '../../src/kernel/tuning-cache.ts'

t.test('the folder: as GEMMESH_CACHE says, else where the system has such things', async t => {
  const cases: [NodeJS.ProcessEnv, NodeJS.Platform, string | undefined][] = [
    [{ GEMMESH_CACHE: 'off', XDG_CACHE_HOME: '/x' }, 'linux', undefined],
    [{ GEMMESH_CACHE: 'here', XDG_CACHE_HOME: '/x' }, 'linux', resolve('here')],
    [{ XDG_CACHE_HOME: '/x' }, 'linux', join('/x', 'gemmesh')],
    [{ XDG_CACHE_HOME: 'x' }, 'linux', join(homedir(), '.cache', 'gemmesh')],
    [{}, 'linux', join(homedir(), '.cache', 'gemmesh')],
    [{}, 'darwin', join(homedir(), 'Library', 'Caches', 'gemmesh')],
    [{ LOCALAPPDATA: '/local' }, 'win32', join('/local', 'gemmesh', 'cache')],
  ]
  for (const [environment, platform, folder] of cases) t.equal(cacheFolder(environment, platform), folder)
})

const of: Circumstances = { format: 1, cpu: 'a', v8: 1, simd: 'wide', processors: [] }

t.test('whatever a choice depends on is another file', async t => {
  const files = [of, { ...of, format: 2 }, { ...of, cpu: 'b' }, { ...of, v8: 2 }, { ...of, simd: 'plain' }]
  t.equal(new Set(files.map(each => tuningFile('/x', each))).size, files.length)
})

t.test('the oldest files go', async t => {
  const folder = t.testdir({ tuning: {} })
  for (let i = 0; i < 40; i++) {
    const file = join(folder, 'tuning', `${i}.json`)
    writeFileSync(file, '')
    utimesSync(file, i, i)
  }
  const file = tuningFile(folder, of)
  const fault = await writeChoice(file, of, { sha256: '', shapes: {}, figures: [], faults: {}, at: '' })
  t.equal(fault, undefined)
  const left = readdirSync(join(folder, 'tuning'))
  t.equal(left.length, 32)
  t.ok(left.includes('39.json') && !left.includes('8.json'))
})

t.test('a place that takes no folders is a reason, and not waited for', async t => {
  const choice = { sha256: '', shapes: {}, figures: [], faults: {}, at: '' }
  const places = [import.meta.filename, ...(process.platform === 'linux' ? ['/proc'] : [])]
  for (const place of places)
    t.type(await writeChoice(tuningFile(join(place, 'cache', 'gemmesh'), of), of, choice), 'string', place)
})
