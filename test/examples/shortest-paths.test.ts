/** The example as its reader runs it. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'

const example = join(import.meta.dirname, '../../examples/shortest-paths.ts')

t.test('shortest paths by min-plus squaring are those of Floyd and Warshall', async t => {
  for (const nodes of ['2', '97']) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [example, nodes], { encoding: 'utf8' })
    t.equal(status, 0, stderr)
    t.match(stdout, `${nodes} nodes: all distances are Floyd and Warshall's`)
  }
})
