// Copies what tsc does not emit, the JavaScript under src/ and its types, to its place under dist/.
import { cpSync, globSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const [src, dist] = ['../src/', '../dist/'].map(path => fileURLToPath(new URL(path, import.meta.url)))
for (const name of globSync('**/*.{js,d.ts}', { cwd: src })) cpSync(join(src, name), join(dist, name))
