import * as ort from 'onnxruntime-web'
import { serveOnnxRuntime } from './onnxruntime.mjs'
import { version } from './version.mjs'

ort.env.wasm.numThreads = Number(process.argv[2])
const about = `onnxruntime-web ${version('onnxruntime-web')} (WebAssembly)`
await serveOnnxRuntime(ort, about, { executionProviders: ['wasm'] }, false)
