/** Who computes a product: by its size alone, and whether it follows another one. */
import t from 'tap'
import type { GemmTask } from '../../src/kernel/task.ts'
import { totalEffort } from '../../src/pool/effort.ts'
import { isShareable, sharingOf } from '../../src/pool/sharing.ts'

const view = { offset: 0, rowStride: 1, columnStride: 1 }
const views = { a: view, b: view, c: view }
const cube = (n: number): GemmTask => ({ dtype: 'float32', m: n, n, k: n, alpha: 1, beta: 0, ...views })
const effort = (...edges: number[]) => totalEffort(edges.map(cube))

t.test('a lone product is shared where that pays for waking a thread', async t => {
  t.equal(sharingOf(effort(190 - 5), 2, false), 'alone')
  t.equal(sharingOf(effort(190 + 5), 2, false), 'together')
  t.equal(sharingOf(effort(750), 2, false), 'together')
  t.equal(sharingOf(effort(850), 2, false), 'away')
  t.equal(sharingOf(effort(850), 4, false), 'together', 'as many more threads, as much more work')
})

t.test('one that follows another at once is shared sooner', async t => {
  t.equal(sharingOf(effort(64), 2, true), 'alone')
  t.notOk(isShareable(effort(64)))
  t.equal(sharingOf(effort(100), 2, true), 'together')
  t.ok(isShareable(effort(100)))
  t.equal(sharingOf(effort(100), 1, true), 'alone', 'nobody to share with')
})

t.test('many small products are one large one', async t => {
  t.equal(sharingOf(effort(100), 2, false), 'alone')
  t.equal(sharingOf(effort(...Array(10).fill(100)), 2, false), 'together')
})
