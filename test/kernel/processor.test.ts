import binaryen from 'assemblyscript/binaryen'
import t from 'tap'
import { Arena } from '../../src/kernel/arena.ts'
import { Kernel, shapesOf } from '../../src/kernel/kernel.ts'
import { compileProcessor, processorImage, readProcessorImages } from '../../src/kernel/processor.ts'
import { acceptedImages } from './lone-kernels.ts'

const images = await readProcessorImages()
const arena = Arena.create(65536)

t.test('an installation has the processors, named by their digests', async t => {
  t.strictSame(
    images.map(image => image.variant),
    ['baseline', 'fma', 'wide'],
  )
  for (const { variant, bytes, sha256 } of images) {
    t.match(sha256, /^[0-9a-f]{64}$/)
    t.strictSame(processorImage(variant, bytes).sha256, sha256)
  }
})

t.test('each says its own shapes, and runs with any of them', async t => {
  for (const image of acceptedImages) {
    const { module } = compileProcessor(image)
    for (const [dtype, shapes] of Object.entries(shapesOf(module))) {
      t.ok(shapes.length > 0, `${image.variant} ${dtype}: ${shapes.join(', ')}`)
      for (const shape of shapes) {
        const { microTiles } = new Kernel(module, arena.memory, { [dtype]: shape })
        const { mr, nr } = new Map(Object.entries(microTiles)).get(dtype) ?? { mr: 0, nr: 0 }
        t.equal(`${mr}x${nr}`, shape)
        t.ok(mr > 1 && nr > 1)
      }
    }
    t.throws(() => new Kernel(module, arena.memory, { float32: '6x1' }), {
      code: 'GEMMESH_PROCESSOR_REJECTED',
      message: /does not export the function pack_float32_6x1/,
    })
  }
})

t.test('bytes that do not have the digest they are named by are not compiled', async t => {
  const [image] = images
  if (image === undefined) return t.fail('no image')
  const bytes = image.bytes.slice()
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
  t.throws(() => compileProcessor({ ...image, bytes }), {
    code: 'GEMMESH_PROCESSOR_REJECTED',
    message: new RegExp(`has SHA-256 [0-9a-f]{64}, but is named ${image.sha256}`),
  })
})

t.test('bytes that are no module are refused', async t => {
  t.throws(() => compileProcessor(processorImage('wide', new Uint8Array([1, 2, 3]))), {
    code: 'GEMMESH_PROCESSOR_REJECTED',
    message: /does not accept the wide processor/,
  })
})

t.test('a module that is no processor is refused', async t => {
  const empty = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0])
  const { module } = compileProcessor(processorImage('wide', empty))
  t.throws(() => new Kernel(module, arena.memory), {
    code: 'GEMMESH_PROCESSOR_REJECTED',
    message: /does not export the constant abi/,
  })
})

t.test('the baseline is valid where relaxed SIMD does not exist', async t => {
  const baseline = images.find(image => image.variant === 'baseline')
  const module = binaryen.readBinary(baseline?.bytes ?? new Uint8Array())
  module.setFeatures(binaryen.Features.All & ~binaryen.Features.RelaxedSIMD)
  t.equal(module.validate(), 1)
})
