/** The command line as users have it: compiled, and started by what the package names. In a checkout that runs the sources. */
import { cp, mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** What Node is to run; beside dist/ alone, in a new folder in `folder`. `npm run build:dist` comes before. */
export async function builtProgram(folder: string): Promise<string> {
  const home = join(folder, 'package')
  await mkdir(home)
  for (const name of ['bin', 'package.json'])
    await cp(join(root, name), join(home, name), { recursive: true })
  await symlink(join(root, 'dist'), join(home, 'dist'))
  return join(home, 'bin', 'gemmesh.js')
}
