import * as ort from 'onnxruntime-node'
import { serveOnnxRuntime } from './onnxruntime.mjs'
import { version } from './version.mjs'

const threads = Number(process.argv[2])
const options = { executionProviders: ['cpu'], intraOpNumThreads: threads, interOpNumThreads: 1 }
await serveOnnxRuntime(ort, `onnxruntime-node ${version('onnxruntime-node')}`, options, true)
