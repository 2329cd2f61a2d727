/** Processors: WASM modules, one a variant, named by the SHA-256 of their bytes. */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import v8 from 'node:v8'
import { asGemmeshError, GemmeshError } from '../errors.ts'
import { simdLevel, usesRelaxedSimd } from './simd.ts'
import { type Tuning, untuned } from './tuning.ts'

/** A variant's name: `wide` (shaped for 256-bit revectorization), `fma`, `baseline` (no relaxed SIMD), or what a later one is called. */
export type Variant = string

export interface ProcessorImage {
  readonly variant: Variant
  readonly bytes: Uint8Array
  /** Of the bytes, hex. */
  readonly sha256: string
}

/** A processor that is ready to be instantiated, in any thread. */
export interface LoadedProcessor {
  readonly image: ProcessorImage
  readonly module: WebAssembly.Module
  readonly tuning: Tuning
}

/** From src/kernel/ and from dist/kernel/ alike. */
const installed = new URL('../../processors/', import.meta.url)
const suffix = '.wasm'

/** The image of a module's bytes. */
export function processorImage(variant: Variant, bytes: Uint8Array): ProcessorImage {
  return { variant, bytes, sha256: createHash('sha256').update(bytes).digest('hex') }
}

/** The processors in a folder, by default this installation's, sorted by variant. GEMMESH_PROCESSOR_REJECTED when there are none. */
export async function readProcessorImages(folder: URL = installed): Promise<readonly ProcessorImage[]> {
  try {
    const names = (await readdir(folder)).filter(name => name.endsWith(suffix)).sort()
    if (names.length === 0) throw new Error('no .wasm files there')
    return await Promise.all(
      names.map(async name =>
        processorImage(name.slice(0, -suffix.length), new Uint8Array(await readFile(new URL(name, folder)))),
      ),
    )
  } catch (cause) {
    throw new GemmeshError(
      'GEMMESH_PROCESSOR_REJECTED',
      `No processors can be read from ${folder.pathname}: ${asGemmeshError(cause).message}. ` +
        'Build them (npm run build:processors) or install gemmesh again.',
      { cause },
    )
  }
}

/**
 * Compiles a processor, after its bytes have been checked against its name. GEMMESH_PROCESSOR_REJECTED when the digest
 * differs or this runtime does not accept the module.
 */
export function compileProcessor(image: ProcessorImage): LoadedProcessor {
  const { sha256 } = processorImage(image.variant, image.bytes)
  if (sha256 !== image.sha256) {
    throw new GemmeshError(
      'GEMMESH_PROCESSOR_REJECTED',
      `The ${image.variant} processor has SHA-256 ${sha256}, but is named ${image.sha256}. Fetch it again.`,
    )
  }
  try {
    // A copy: the source must not be shared memory, nor change while it is compiled.
    const module = compileEager(new Uint8Array(image.bytes))
    if (simdLevel() === 'plain' && usesRelaxedSimd(module)) {
      throw new Error('it uses relaxed SIMD, which GEMMESH_SIMD=plain switches off')
    }
    return { image, module, tuning: untuned }
  } catch (cause) {
    throw new GemmeshError(
      'GEMMESH_PROCESSOR_REJECTED',
      `This runtime does not accept the ${image.variant} processor: ${asGemmeshError(cause).message}. ` +
        'Use Node 24 or newer, or another variant.',
      { cause },
    )
  }
}

/**
 * Lets V8 pair 128-bit operations in what is compiled from now on, unless GEMMESH_SIMD says otherwise. Where V8 has no
 * revectorizer the flag is unknown, and V8 would complain on stderr.
 */
export function allowPairs(): void {
  if (process.arch === 'x64' && simdLevel() === 'wide')
    v8.setFlagsFromString('--experimental-wasm-revectorize')
}

/**
 * V8 compiles a function badly and at once when it is first called, and well once its budget of executed bytes is used up:
 * 13 MB by default, seconds of computing. Here the budget is next to nothing, so that any first use replaces the code.
 */
export function compileEager(bytes: Uint8Array): WebAssembly.Module {
  allowPairs()
  v8.setFlagsFromString('--wasm-tiering-budget=1')
  try {
    return new WebAssembly.Module(bytes)
  } finally {
    v8.setFlagsFromString('--wasm-tiering-budget=13000000')
  }
}

/**
 * Runs `work`, and has replaced the code of every WASM function in it by optimized code when it returns: what runs
 * afterwards, in any thread, is then that code. (The flags --no-liftoff, --no-wasm-lazy-compilation and --no-wasm-inlining
 * would do that at compile time, but end the process when other modules, such as Node's own, were compiled without them.)
 */
export function optimizing<T>(work: () => T): T {
  v8.setFlagsFromString('--wasm-sync-tier-up')
  try {
    return work()
  } finally {
    v8.setFlagsFromString('--no-wasm-sync-tier-up')
  }
}
