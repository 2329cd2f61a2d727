/**
 * Joins what dist/ has of each program, a process or a thread, to a few files in dist/programs/: each module that Node has to find,
 * read and link takes half a millisecond, and 85 of them were a fifth of a small product. Packages stay outside, and so does
 * the library: whoever uses it bundles it, or not.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

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
  setup: build =>
    build.onLoad({ filter: /\.js$/ }, async ({ path }) => {
      const ownUrl = `new URL('${relative(programs, path)}', import.meta.url).href`
      return { contents: (await readFile(path, 'utf8')).replaceAll('import.meta.url', ownUrl) }
    }),
}

for (const [name, file] of Object.entries(input)) {
  // One by one: what programs share they have each in their own file, not in one more for each set of programs.
  const { metafile } = await build({
    entryPoints: { [name]: join(dist, file) },
    outdir: programs,
    chunkNames: `${name}-[hash]`,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    packages: 'external',
    metafile: true,
    plugins: [ownUrls],
  })
  const { exports } = Object.values(metafile.outputs).find(({ entryPoint }) => entryPoint?.endsWith(file))
  const program = relative(join(dist, file, '..'), join(programs, `${name}.js`))
  await writeFile(
    join(dist, file),
    `export ${exports.includes('default') ? '{ default }' : '*'} from '${program}'\n`,
  )
}
