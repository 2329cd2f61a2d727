/** Every processor that this runtime accepts, with each of its shapes. */
import { dtypes } from '../../src/core/matrix.ts'
import { type Shapes, shapesOf } from '../../src/kernel/kernel.ts'
import { LoneKernel } from '../../src/kernel/lone-kernel.ts'
import { compileProcessor, readProcessorImages } from '../../src/kernel/processor.ts'
import { simdLevel } from '../../src/kernel/simd.ts'
import { untuned } from '../../src/kernel/tuning.ts'

/** What GEMMESH_SIMD leaves of the installed variants. */
export const acceptedVariants = simdLevel() === 'plain' ? ['baseline'] : ['baseline', 'fma', 'wide']

export const acceptedImages = (await readProcessorImages()).filter(({ variant }) =>
  acceptedVariants.includes(variant),
)

/** By name: a variant with the first shape of each dtype, another kernel for the second ones, and so on. */
export function loneKernels(operandBytes = 32 << 20): Map<string, LoneKernel> {
  const kernels = new Map<string, LoneKernel>()
  for (const image of acceptedImages) {
    const { module } = compileProcessor(image)
    const existing = shapesOf(module)
    const most = Math.max(...dtypes.map(dtype => existing[dtype].length))
    for (let index = 0; index < most; index++) {
      const shapes: Shapes = Object.fromEntries(
        dtypes.map(dtype => [dtype, existing[dtype][index] ?? existing[dtype][0]]),
      )
      const name = `${image.variant} ${Object.values(shapes).join(' ')}`
      kernels.set(name, new LoneKernel(module, operandBytes, { ...untuned, shapes }))
    }
  }
  return kernels
}
