// Generates src/protocol/wire.generated.{js,d.ts} from wire.proto; both are committed, so that users need no generator.
// `--check` writes nothing and exits 1 where the committed files are not what wire.proto gives.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import pbjs from 'protobufjs-cli/pbjs.js'

const folder = fileURLToPath(new URL('../src/protocol/', import.meta.url))
const note =
  '// Generated from wire.proto by scripts/build-protocol.mjs. Do not edit: npm run build:protocol\n'

/** Runs pbjs on wire.proto with `runtime` as the module that brings Reader and Writer; returns the file it writes. */
async function generate(scratch, runtime, extension, extra) {
  const out = join(scratch, 'wire.js')
  await promisify(pbjs.main)([
    ...[
      '--target',
      'static-module',
      '--wrap',
      'esm',
      '--dependency',
      runtime,
      '--root',
      'gemmesh',
      '--force-number',
    ],
    ...['--no-create', '--no-verify', '--no-convert', '--no-delimited', '--no-typeurl', '--no-service'],
    ...[...extra, '--out', out, join(folder, 'wire.proto')],
  ])
  return readFileSync(out.replace(/js$/, extension), 'utf8').trimEnd()
}

async function generateAll() {
  const scratch = mkdtempSync(join(tmpdir(), 'gemmesh-protocol-'))
  try {
    const code = await generate(scratch, './wire.runtime.js', 'js', ['--no-comments'])
    // pbjs makes the types out of the comments. It imports Long for 64-bit integers also where they are numbers.
    const types = await generate(scratch, 'protobufjs/minimal.js', 'd.ts', ['--dts'])
    return {
      'wire.generated.js': `${note}${code}\n`,
      'wire.generated.d.ts': `${note}${types.replace(/^import Long = .*\n/m, '')}\n`,
    }
  } finally {
    rmSync(scratch, { recursive: true })
  }
}

const committed = name => {
  try {
    return readFileSync(join(folder, name), 'utf8')
  } catch (error) {
    if (error.code === 'ENOENT') return ''
    throw error
  }
}

/** "line 12: found `x`, wire.proto gives `y`" of the first line that differs. */
function difference(found, wanted) {
  const [a, b] = [found.split('\n'), wanted.split('\n')]
  const line = b.findIndex((text, i) => text !== a[i])
  const at = line < 0 ? b.length : line
  return `line ${at + 1}: found \`${a[at] ?? 'nothing'}\`, wire.proto gives \`${b[at] ?? 'nothing'}\``
}

const check = process.argv.includes('--check')
for (const [name, text] of Object.entries(await generateAll())) {
  const found = committed(name)
  if (found === text) continue
  if (check) {
    console.error(`src/protocol/${name} is stale, ${difference(found, text)}. Run: npm run build:protocol`)
    process.exitCode = 1
  } else {
    writeFileSync(join(folder, name), text)
    console.error(`wrote src/protocol/${name}`)
  }
}
