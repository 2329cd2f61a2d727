import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { serve } from '../serve.ts'
import { version } from './version.mjs'

// Its modules are for bundlers; Node loads the CommonJS build.
const require = createRequire(import.meta.url)
const tf = require('@tensorflow/tfjs-core')
const { setWasmPaths } = require('@tensorflow/tfjs-backend-wasm')
setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`)
await tf.setBackend('wasm')

await serve({
  about: `@tensorflow/tfjs-backend-wasm ${version('@tensorflow/tfjs-backend-wasm')} (one thread: it has no more under Node)`,
  prepare: ({ m, n, k }, a, b) => {
    const [left, right] = [tf.tensor2d(a, [m, k]), tf.tensor2d(b, [k, n])]
    let c = tf.zeros([m, n])
    return {
      // The product stays in the backend's memory, as it does between two layers of a model.
      run: () => {
        c.dispose()
        c = tf.matMul(left, right)
      },
      at: (row, column) => c.dataSync()[row * n + column],
      release: () => tf.dispose([left, right, c]),
    }
  },
})
