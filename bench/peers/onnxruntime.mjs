import { serve } from '../serve.ts'
import { matmulModel } from './matmul-model.ts'

/**
 * ONNX Runtime behind either of its packages: a MatMul of two inputs. `reuseOutput`: into an array that is made once, where
 * the package can do that.
 */
export function serveOnnxRuntime(ort, about, options, reuseOutput) {
  const sessions = new Map()
  const session = async dtype => {
    if (!sessions.has(dtype))
      sessions.set(dtype, await ort.InferenceSession.create(matmulModel(dtype), options))
    return sessions.get(dtype)
  }
  return serve({
    about,
    prepare: async ({ dtype, m, n, k }, a, b) => {
      const model = await session(dtype)
      const feeds = { A: new ort.Tensor(dtype, a, [m, k]), B: new ort.Tensor(dtype, b, [k, n]) }
      const output = new ort.Tensor(dtype, new a.constructor(m * n), [m, n])
      const fetches = reuseOutput ? { C: output } : ['C']
      let c = output
      return {
        run: async () => {
          c = (await model.run(feeds, fetches)).C
        },
        at: (row, column) => c.data[row * n + column],
      }
    },
  })
}
