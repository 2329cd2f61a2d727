import t from 'tap'
import { processorImage, readProcessorImages } from '../../src/kernel/processor.ts'
import { selectProcessor } from '../../src/kernel/select.ts'

const images = await readProcessorImages()

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

t.test('chooses the faster of those that answer right, and says why', async t => {
  const { chosen, candidates } = await selectProcessor(images)
  t.strictSame(
    candidates.map(each => [each.variant, each.verified]),
    [
      ['baseline', true],
      ['wide', true],
    ],
  )
  for (const { gflops } of candidates) t.ok(gflops.float32 > 0 && gflops.float64 > 0)
  const fastest = candidates.toSorted(
    (x, y) => y.gflops.float32 * y.gflops.float64 - x.gflops.float32 * x.gflops.float64,
  )[0]
  t.equal(chosen.image.variant, fastest?.variant)
  t.match(fastest?.reason, /fastest/)
})

t.test('a processor that answers wrongly is never chosen, however fast', async t => {
  const wrong = wrongBuild('wide', relaxedMaddF32, relaxedNmaddF32)
  const { chosen, candidates } = await selectProcessor([
    wrong,
    ...images.filter(each => each.variant !== 'wide'),
  ])
  t.equal(chosen.image.variant, 'baseline')
  t.match(candidates[0], {
    variant: 'wide',
    verified: false,
    gflops: { float32: 0, float64: 0 },
    reason: /^wrong answer: float32 .*the reference says/,
  })
})

t.test('one wrong dtype is enough', async t => {
  const { chosen, candidates } = await selectProcessor([wrongBuild('baseline', addF64, subF64), ...images])
  t.match(candidates[0], { verified: false, reason: /^wrong answer: float64/ })
  t.not(chosen.image.sha256, candidates[0]?.sha256)
})

t.test('no right one: every fault is told', async t => {
  const wrong = [
    wrongBuild('wide', relaxedMaddF32, relaxedNmaddF32),
    processorImage('broken', new Uint8Array([0, 1])),
  ]
  await t.rejects(selectProcessor(wrong), {
    code: 'GEMMESH_PROCESSOR_REJECTED',
    message: /None of 2 processors.*wide: wrong answer.*broken: This runtime does not accept/,
    faults: [/^wide/, /^broken/],
  })
  await t.rejects(selectProcessor([]), { code: 'GEMMESH_PROCESSOR_REJECTED' })
})
