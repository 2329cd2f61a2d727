// Installs and builds whatever a fresh clone lacks, so that `npm test` and `npm run demo` are one command each.
// Runs on the machine's own Node (20 or newer) before the pinned one exists: no dependencies, no TypeScript.
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkerFile, variants } from './kernel-table.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const at = (...parts) => join(root, ...parts)

/** Newest modification time in milliseconds below the given files and folders; 0 where nothing is there. */
function newest(...paths) {
  let time = 0
  for (const path of paths) {
    if (!existsSync(path)) continue
    const info = statSync(path)
    if (info.isDirectory())
      for (const name of readdirSync(path)) time = Math.max(time, newest(join(path, name)))
    else time = Math.max(time, info.mtimeMs)
  }
  return time
}

function step(title, file, args) {
  process.stderr.write(`gemmesh: ${title}\n`)
  // A step's output is for people: it goes to stderr, so that stdout stays the command's own.
  execFileSync(file, args, { cwd: root, stdio: ['ignore', 2, 2], env: process.env })
}

const installed = at('node_modules', '.package-lock.json')
if (!existsSync(installed) || newest(at('package-lock.json')) > newest(installed)) {
  step('installing packages (npm ci)', process.platform === 'win32' ? 'npm.cmd' : 'npm', [
    'ci',
    '--no-audit',
    '--no-fund',
  ])
}

const node = at('node_modules', '.bin', 'node')
const wanted = JSON.parse(readFileSync(at('package.json'), 'utf8')).devDependencies.node
const found = existsSync(node) ? execFileSync(node, ['--version'], { encoding: 'utf8' }).trim() : 'none'
if (found !== `v${wanted}`) {
  process.stderr.write(
    `gemmesh: the pinned runtime is Node ${wanted}, found ${found}. Its install script has to be allowed to run: npm rebuild node\n`,
  )
  process.exit(1)
}

// tap builds its test class from its plugins; .taprc leaves the TypeScript one out, since Node strips types itself.
const testClass = at('node_modules', '@tapjs', 'test', 'test-built', 'dist', 'esm', 'index.js')
if (!existsSync(testClass) || readFileSync(testClass, 'utf8').includes('@tapjs/typescript')) {
  step('building the test runner without its TypeScript plugin', node, [
    at('node_modules', '.bin', 'tap'),
    'build',
  ])
}

const processors = [...Object.keys(variants).map(name => `${name}.wasm`), checkerFile].map(name =>
  at('processors', name),
)
const builders = ['build-processors.mjs', 'generate-kernels.mjs', 'kernel-table.mjs'].map(name =>
  at('scripts', name),
)
const sources = newest(at('assembly'), at('asconfig.json'), ...builders)
if (processors.some(file => !existsSync(file) || newest(file) < sources)) {
  step('building the processors (AssemblyScript to WebAssembly)', node, [
    at('scripts', 'build-processors.mjs'),
  ])
}
