import { statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import t from 'tap'
import { dataFolder, makeFolder } from '../../src/store/folder.ts'

const cases: readonly [
  story: string,
  data: string | undefined,
  environment: Record<string, string>,
  folder: string,
][] = [
  ['--data first', '/data', { GEMMESH_DATA: '/environment', XDG_DATA_HOME: '/xdg' }, '/data/alpha'],
  [
    'then GEMMESH_DATA',
    undefined,
    { GEMMESH_DATA: '/environment', XDG_DATA_HOME: '/xdg' },
    '/environment/alpha',
  ],
  ['then XDG_DATA_HOME', undefined, { XDG_DATA_HOME: '/xdg' }, '/xdg/gemmesh/alpha'],
  [
    'which counts only if absolute',
    undefined,
    { XDG_DATA_HOME: 'xdg' },
    join(homedir(), '.local/share/gemmesh/alpha'),
  ],
  ['then the home folder', undefined, {}, join(homedir(), '.local/share/gemmesh/alpha')],
  [
    'empty is not said',
    '',
    { GEMMESH_DATA: '', XDG_DATA_HOME: '' },
    join(homedir(), '.local/share/gemmesh/alpha'),
  ],
  ['relative to where it was said', 'data', {}, resolve('data/alpha')],
]

for (const [story, data, environment, folder] of cases)
  t.test(story, t => {
    t.equal(dataFolder({ data, environment, name: 'alpha' }), folder)
    t.equal(dataFolder({ data, environment, name: 'Alpha' }), folder, 'names do not differ by case')
    t.end()
  })

t.test('a folder is its owner’s alone', async t => {
  const folder = join(t.testdir({}), 'a', 'b')
  await makeFolder(folder)
  await makeFolder(folder)
  t.equal(statSync(folder).mode & 0o777, 0o700)
  t.equal(statSync(join(folder, '..')).mode & 0o777, 0o700)
})

t.test('a folder that takes none', { skip: process.platform !== 'linux' }, async t => {
  await t.rejects(makeFolder('/proc/none/matrices'), { code: 'GEMMESH_OUTPUT_UNWRITABLE' })
})

t.test('a file in the way', async t => {
  const folder = t.testdir({ file: '' })
  await t.rejects(makeFolder(join(folder, 'file', 'matrices')), {
    code: 'GEMMESH_OUTPUT_UNWRITABLE',
    message: /not a folder/,
  })
})
