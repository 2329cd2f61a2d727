import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { NpyReader } from '../../src/formats/npy-reader.ts'
import { OpenReaders } from '../../src/store/open-readers.ts'
import { makeNpy, patternBytes, whole } from '../formats/make-npy.ts'

const kind = { dtype: 'int32', rows: 3, columns: 3 } as const

/** `count` files in a folder of the test. */
function files(folder: string, count: number): string[] {
  for (let index = 0; index < count; index++)
    writeFileSync(join(folder, `${index}.npy`), makeNpy(kind, patternBytes(kind)))
  return readdirSync(folder).map(name => join(folder, name))
}

const isOpen = (reader: NpyReader): Promise<boolean> =>
  reader.read(whole(kind), new Uint8Array(36)).then(
    () => true,
    () => false,
  )
const same = async (reader: NpyReader) => reader

t.test('a reader is opened once and kept, the oldest goes first', async t => {
  const [a = '', b = '', c = ''] = files(t.testdir({}), 3)
  const readers = new OpenReaders(2)
  const first = await readers.use(a, same)
  const second = await readers.use(b, same)
  t.equal(await readers.use(a, same), first, 'kept')
  const third = await readers.use(c, same)
  t.strictSame(
    await Promise.all([first, second, third].map(isOpen)),
    [true, false, true],
    'b was not used for longest',
  )
  t.not(await readers.use(b, same), second, 'opened anew')
  await readers.close()
  t.notOk(await isOpen(third))
})

t.test('one that is in use is closed only after that', async t => {
  const [a = '', b = ''] = files(t.testdir({}), 2)
  const readers = new OpenReaders(0)
  const inUse = await readers.use(a, async reader => {
    await readers.use(b, same)
    await readers.use(a, async again => t.equal(again, reader, 'shared'))
    await readers.close()
    t.ok(await isOpen(reader))
    return reader
  })
  t.notOk(await isOpen(inUse))
})

t.test('one that failed is tried anew', async t => {
  const folder = t.testdir({})
  const path = join(folder, 'late.npy')
  const readers = new OpenReaders(2)
  await t.rejects(readers.use(path, same), { code: 'GEMMESH_FILE_UNREADABLE' })
  writeFileSync(path, makeNpy(kind, patternBytes(kind)))
  const reader = await readers.use(path, same)
  await t.rejects(
    readers.use(path, async () => {
      throw new Error('of the task')
    }),
    { message: 'of the task' },
  )
  t.notOk(await isOpen(reader), 'what failed is not kept')
  t.ok(await readers.use(path, isOpen))
  await readers.close()
  t.ok(readFileSync(path).length > 0)
})
