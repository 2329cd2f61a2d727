/**
 * Builds the processors: the micro-kernels from their table, then a WASM module a variant with `asc`, by the
 * options of asconfig.json and the features of the variant's row; and the checker, which masters verify tiles with.
 *
 *   node scripts/build-processors.mjs [FOLDER]    default: processors/
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'
import binaryen from 'assemblyscript/binaryen'
import { generate } from './generate-kernels.mjs'
import { checkerFile, variants } from './kernel-table.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = process.argv[2] ?? join(root, 'processors')

/** asc compiles relaxed operations also where the feature is off; a runtime without it would refuse the module. */
function validWithoutRelaxedSimd(bytes) {
  const module = binaryen.readBinary(bytes)
  module.setFeatures(binaryen.Features.All & ~binaryen.Features.RelaxedSIMD)
  const valid = module.validate() === 1
  module.dispose()
  return valid
}

/** Compiles one module of assembly/ to a file below the folder; `target`: one of asconfig.json's. */
async function build(source, file, features, target = 'release') {
  const name = basename(file)
  const parts = new Map()
  const { error, stderr } = await asc.main(
    [
      source,
      ...['--config', 'asconfig.json', '--target', target, '--baseDir', root, '--outFile', name],
      ...features.flatMap(feature => ['--enable', feature]),
    ],
    { writeFile: (part, contents) => parts.set(part, contents) },
  )
  if (error) {
    process.stderr.write(`${stderr.toString()}${error.message}\n`)
    process.exit(1)
  }
  const bytes = parts.get(name)
  if (!features.includes('relaxed-simd') && !validWithoutRelaxedSimd(bytes)) {
    process.stderr.write(`${source} uses relaxed SIMD, which its features do not allow\n`)
    process.exit(1)
  }
  // Written aside and renamed: a process that is starting reads the old module or the new one, never half of one.
  const path = join(folder, file)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(`${path}.partial`, bytes)
  renameSync(`${path}.partial`, path)
  process.stderr.write(`${path}: ${readFileSync(path).length} bytes\n`)
}

generate()
for (const [variant, { features }] of Object.entries(variants))
  await build(`assembly/generated/${variant}.ts`, `${variant}.wasm`, features)
// No processor, which slaves would be sent: in a folder of its own.
await build('assembly/check.ts', checkerFile, ['simd'], 'checker')
