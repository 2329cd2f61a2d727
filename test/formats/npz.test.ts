import { readdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import t from 'tap'
import { asGemmeshError } from '../../src/errors.ts'
import { asNpyFile, splitMember } from '../../src/formats/npy-file.ts'
import { extractNpz } from '../../src/formats/npz.ts'
import { fixture } from '../cli/run-gemmesh.ts'
import { makeZip64 } from './make-zip64.ts'

const folder = t.testdir({})
const target = join(folder, 'member.npy')
const [two, compressed] = [fixture('two.npz'), fixture('one-compressed.npz')]

t.test('members of archives that NumPy wrote, byte for byte', async t => {
  const members: readonly [archive: string, member: string | undefined, same: string][] = [
    [two, 'a', 'a-f32.npy'],
    [two, 'b.npy', 'b-f64.npy'],
    [compressed, undefined, 'a-f64-fortran.npy'],
    [compressed, 'weights', 'a-f64-fortran.npy'],
  ]
  for (const [archive, member, same] of members) {
    await extractNpz(archive, target, { name: 'x.npz', ...(member !== undefined && { member }) })
    t.ok(readFileSync(target).equals(readFileSync(fixture(same))), `${member} is ${same}`)
  }
})

t.test('which member: said in the name of the file, or the error says what there is', async t => {
  t.strictSame(splitMember('w.npz:a'), { path: 'w.npz', member: 'a' })
  t.strictSame(splitMember('C:/w.npz'), { path: 'C:/w.npz' })
  t.strictSame(splitMember('w.npy:a'), { path: 'w.npy:a' })
  const code = 'GEMMESH_FORMAT_INVALID'
  await t.rejects(asNpyFile(two, { folder }), {
    code,
    message: /has 2 members: a, b\. Name one, such as .*two\.npz:a/,
  })
  await t.rejects(asNpyFile(`${two}:c`, { folder }), { code, message: /no member "c"; it has: a, b\./ })
  await t.rejects(extractNpz(two, target, { name: 'x', member: 'a', limitBytes: 100 }), {
    code: 'GEMMESH_UPLOAD_TOO_LARGE',
    message: /a\.npy has \d+ bytes; the limit is 100/,
  })
  await using made = await asNpyFile(`${two}:a`, { folder })
  t.ok(readFileSync(made.path).equals(readFileSync(fixture('a-f32.npy'))))
  await made[Symbol.asyncDispose]()
  t.notOk(
    readdirSync(folder).some(name => name.startsWith('.gemmesh-')),
    'nothing stays',
  )
})

t.test('archives that are cut off or damaged: an error, or the right bytes', async t => {
  const broken = join(folder, 'broken.npz')
  const right = readFileSync(fixture('a-f64-fortran.npy'))
  const bytes = readFileSync(compressed)
  const check = async (damaged: Buffer): Promise<boolean> => {
    writeFileSync(broken, damaged)
    try {
      await extractNpz(broken, target, { name: 'broken.npz', member: 'weights' })
      return readFileSync(target).equals(right)
    } catch (error) {
      return asGemmeshError(error).code === 'GEMMESH_FORMAT_INVALID'
    }
  }
  const at = fc.nat({ max: bytes.length - 1 })
  await fc.assert(
    fc.asyncProperty(at, length => check(bytes.subarray(0, length))),
    { seed: 1, numRuns: 100 },
  )
  const flip = async (position: number, bit: number) => {
    const flipped = Buffer.from(bytes)
    flipped[position] = (flipped[position] ?? 0) ^ (1 << bit)
    return check(flipped)
  }
  await fc.assert(fc.asyncProperty(at, fc.nat({ max: 7 }), flip), { seed: 1, numRuns: 300 })
  t.pass('all of them')
})

t.test('archives of more than 4 GiB: sizes and places of 64 bits', async t => {
  const archive = join(folder, 'large.npz')
  const small = readFileSync(fixture('a-f32.npy'))
  const GiB = 2 ** 30
  await makeZip64(archive, [
    { name: 'large.npy', offset: 0, bytes: 5 * GiB + 128, crc32: 0, data: small },
    { name: 'small.npy', offset: 6 * GiB, bytes: small.length, crc32: crc32(small), data: small },
  ])
  await extractNpz(archive, target, { name: 'large.npz', member: 'small' })
  t.ok(readFileSync(target).equals(small), 'a member that lies 6 GiB behind the begin')
  await t.rejects(extractNpz(archive, target, { name: 'large.npz', member: 'large', limitBytes: 4 * GiB }), {
    code: 'GEMMESH_UPLOAD_TOO_LARGE',
    message: /large\.npy has 5368709248 bytes; the limit is 4294967296/,
  })
  unlinkSync(archive)
})
