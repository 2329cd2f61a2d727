/**
 * Joins what dist/ has of each program, a process or a thread, to a few files in dist/programs/: each module that Node has to find,
 * read and link takes half a millisecond, and 85 of them were a fifth of a small product. Packages stay outside, and so does
 * the library: whoever uses it bundles it, or not.
 */
import { writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const dist = fileURLToPath(new URL('../dist', import.meta.url))
const programs = join(dist, 'programs')
/** What starts as a process or a thread, by the file that names it. */
const input = {
  main: 'cli/main.js',
  thread: 'pool/thread.js',
  'heartbeat-thread': 'roles/slave/heartbeat-thread.js',
  'check-thread': 'cli/demo/check-thread.js',
}

/** A module finds its files from where it was, not from where it is joined to others. */
const ownUrls = {
  name: 'own-urls',
  transform: (code, id) =>
    code.replaceAll('import.meta.url', `new URL('${relative(programs, id)}', import.meta.url).href`),
}

for (const [name, file] of Object.entries(input)) {
  // One by one: what programs share they have each in their own file, not in one more for each set of programs.
  const bundle = await rolldown({
    input: { [name]: join(dist, file) },
    external: /^[^./]/,
    platform: 'node',
    plugins: [ownUrls],
  })
  const { output } = await bundle.write({
    dir: programs,
    entryFileNames: '[name].js',
    chunkFileNames: `${name}-[name].js`,
  })
  await bundle.close()
  const program = relative(join(dist, file, '..'), join(programs, `${name}.js`))
  const hasDefault = output[0].exports.includes('default')
  writeFileSync(join(dist, file), `export ${hasDefault ? '{ default }' : '*'} from '${program}'\n`)
}
