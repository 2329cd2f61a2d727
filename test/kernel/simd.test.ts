import t from 'tap'
import { compileProcessor, readProcessorImages } from '../../src/kernel/processor.ts'
import { simdLevel, usesRelaxedSimd } from '../../src/kernel/simd.ts'

t.test('GEMMESH_SIMD: everything by default, and nothing that is not known', async t => {
  t.equal(simdLevel({}), 'wide')
  t.equal(simdLevel({ GEMMESH_SIMD: '' }), 'wide')
  t.equal(simdLevel({ GEMMESH_SIMD: 'relaxed' }), 'relaxed')
  t.throws(() => simdLevel({ GEMMESH_SIMD: 'avx' }), {
    code: 'GEMMESH_USAGE',
    message: /GEMMESH_SIMD is "avx"; it may be wide, relaxed, plain/,
  })
})

t.test('plain: what uses relaxed SIMD is refused, as by a runtime without it', async t => {
  const { GEMMESH_SIMD = '' } = process.env
  process.env.GEMMESH_SIMD = 'plain'
  t.teardown(() => {
    process.env.GEMMESH_SIMD = GEMMESH_SIMD
  })
  for (const image of await readProcessorImages()) {
    if (image.variant === 'baseline') {
      t.notOk(usesRelaxedSimd(compileProcessor(image).module))
      continue
    }
    t.throws(() => compileProcessor(image), {
      code: 'GEMMESH_PROCESSOR_REJECTED',
      message: /relaxed SIMD, which GEMMESH_SIMD=plain switches off/,
    })
  }
})
