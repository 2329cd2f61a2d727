import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { processorImage } from '../../src/kernel/processor.ts'
import { selectProcessor } from '../../src/kernel/select.ts'
import { simdLevel } from '../../src/kernel/simd.ts'
import { type Choice, circumstances, readChoice, writeChoice } from '../../src/kernel/tuning-cache.ts'
import { acceptedImages as images } from './lone-kernels.ts'

const isPlain = simdLevel() === 'plain' && 'GEMMESH_SIMD leaves one processor alone'

/** The module with every occurrence of an instruction replaced by another one of the same type: valid, and wrong. */
function wrongBuild(variant: string, from: readonly number[], to: readonly number[]) {
  const image = images.find(each => each.variant === variant)
  const bytes = Buffer.from(image?.bytes ?? [])
  let count = 0
  for (let at = bytes.indexOf(Buffer.from(from)); at !== -1; at = bytes.indexOf(Buffer.from(from), at)) {
    bytes.set(to, at)
    count++
  }
  t.ok(count > 0, `${variant} holds the instruction`)
  return processorImage(variant, bytes)
}

const relaxedMaddF32 = [0xfd, 0x85, 0x02]
const relaxedNmaddF32 = [0xfd, 0x86, 0x02]
const addF64 = [0xfd, 0xf0, 0x01]
const subF64 = [0xfd, 0xf1, 0x01]
const wrongBaseline = wrongBuild('baseline', addF64, subF64)
const baseline = images.filter(({ variant }) => variant === 'baseline')

t.test('chooses the fastest and its best shapes, tests it, and says why', async t => {
  const { chosen, candidates, origin } = await selectProcessor(images)
  t.strictSame(
    candidates.map(each => each.variant),
    images.map(each => each.variant),
  )
  for (const { gflops, figures } of candidates) {
    t.ok(gflops.float32 > 0 && gflops.float64 > 0)
    for (const { dtype, shape, gflops } of figures) t.ok(gflops > 0, `${dtype} ${shape}`)
  }
  const fastest = candidates.toSorted(
    (x, y) => y.gflops.float32 * y.gflops.float64 - x.gflops.float32 * x.gflops.float64,
  )[0]
  t.equal(chosen.image.variant, fastest?.variant)
  t.match(fastest, { verified: true, reason: /right on every case, and the fastest/ })
  for (const each of candidates)
    if (each !== fastest) t.match(each, { verified: false, reason: /^slower than/ })
  for (const [dtype, shape] of Object.entries(chosen.tuning.shapes)) {
    const rates = fastest?.figures.filter(each => each.dtype === dtype) ?? []
    const best = Math.max(...rates.map(({ gflops }) => gflops))
    t.ok((rates.find(each => each.shape === shape)?.gflops ?? 0) > best / 1.04, `${dtype} ${shape}`)
  }
  t.match(origin, { cached: false })
  t.notHas(origin, { file: String }, 'tests keep nothing: GEMMESH_CACHE is off')
})

t.test('a processor that answers wrongly is never chosen, however fast', { skip: isPlain }, async t => {
  const wrong = wrongBuild('wide', relaxedMaddF32, relaxedNmaddF32)
  const { chosen, candidates } = await selectProcessor([wrong, ...baseline])
  t.equal(chosen.image.variant, 'baseline')
  t.match(candidates[0], { variant: 'wide', verified: false })
  t.match(candidates[0]?.reason, /^wrong answer: float32 .*the reference says|^slower than baseline/)
})

t.test('one wrong dtype is enough', async t => {
  await t.rejects(selectProcessor([wrongBaseline]), {
    code: 'GEMMESH_PROCESSOR_REJECTED',
    message: /wrong answer: float64/,
  })
})

t.test('no right one: every fault is told', async t => {
  const wrong = [wrongBaseline, processorImage('broken', new Uint8Array([0, 1]))]
  await t.rejects(selectProcessor(wrong), {
    code: 'GEMMESH_PROCESSOR_REJECTED',
    message: /None of 2 processors.*baseline: wrong answer.*broken: This runtime does not accept/,
    faults: [/^baseline/, /^broken/],
  })
  await t.rejects(selectProcessor([]), { code: 'GEMMESH_PROCESSOR_REJECTED' })
})

t.test('a choice is kept, and the next start takes it when its processor is right', async t => {
  const cache = t.testdir({})
  const first = await selectProcessor(images, { cache })
  t.match(first.origin, { cached: false, file: String })
  t.notHas(first.origin, 'fault')
  const second = await selectProcessor(images, { cache })
  t.strictSame(second.origin, { ...first.origin, cached: true })
  t.strictSame(second.candidates, first.candidates)
  t.strictSame(second.chosen.tuning, first.chosen.tuning)
  t.equal(second.chosen.image.sha256, first.chosen.image.sha256)
  t.strictSame(readdirSync(join(cache, 'tuning')).length, 1, 'nothing half written is left')

  t.match((await selectProcessor(baseline, { cache })).origin, { cached: images.length === 1 })
})

t.test('a kept choice of a processor that answers wrongly is not taken', async t => {
  const cache = t.testdir({})
  const both = [wrongBaseline, ...baseline]
  const { origin } = await selectProcessor(both, { cache })
  const { file = '' } = origin
  const of = circumstances(both)
  const kept = readChoice(file, of)
  if (kept === undefined) return t.fail('nothing was kept')
  await writeChoice(file, of, { ...kept, sha256: wrongBaseline.sha256 })
  const again = await selectProcessor(both, { cache })
  t.equal(again.chosen.image.sha256, baseline[0]?.sha256)
  t.match(again.origin, { cached: false })
  t.equal(readChoice(file, of)?.sha256, baseline[0]?.sha256, 'and put right')

  await writeChoice(file, circumstances([wrongBaseline]), { ...kept, sha256: wrongBaseline.sha256 })
  await t.rejects(selectProcessor([wrongBaseline], { cache }), { message: /wrong answer/ })
})

t.test('a kept choice that is damaged, of something else, or impossible is measured anew', async t => {
  const cache = t.testdir({})
  const { origin } = await selectProcessor(baseline, { cache })
  const { file = '' } = origin
  const good = readFileSync(file, 'utf8')
  const of = circumstances(baseline)
  const kept = readChoice(file, of)
  if (kept === undefined) return t.fail('nothing was kept')
  const put = (choice: Choice) => writeChoice(file, of, choice)
  for (const [what, spoil] of Object.entries({
    empty: () => writeFileSync(file, ''),
    truncated: () => writeFileSync(file, good.slice(0, -20)),
    edited: () => writeFileSync(file, good.replace('4x', '5x')),
    'of another CPU': () => writeChoice(file, { ...of, cpu: 'another' }, kept),
    'a shape that is not there': () => put({ ...kept, shapes: { float32: '3x3' } }),
    'a processor that is not there': () => put({ ...kept, sha256: 'ab'.repeat(32) }),
  })) {
    await spoil()
    const again = await selectProcessor(baseline, { cache })
    t.match(again.origin, { cached: false, file }, what)
    t.match((await selectProcessor(baseline, { cache })).origin, { cached: true }, `${what}, put right`)
  }
})

t.test('where nothing can be written, nothing is kept, and that is all', async t => {
  const cache = join(t.testdir({ file: '' }), 'file')
  const { origin } = await selectProcessor(baseline, { cache })
  t.match(origin, { cached: false, fault: /ENOTDIR|EEXIST/ })
})

t.test('several at once do not disturb each other', async t => {
  const cache = t.testdir({})
  const all = await Promise.all([1, 2, 3].map(() => selectProcessor(baseline, { cache })))
  for (const { origin } of all) t.notHas(origin, 'fault')
  t.match((await selectProcessor(baseline, { cache })).origin, { cached: true })
})
