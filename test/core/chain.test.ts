import t from 'tap'
import { type ChainTree, chainLimit, chainOrder } from '../../src/core/chain.ts'
import type { Shape } from '../../src/core/matrix.ts'
import { random } from '../kernel/operands.ts'

const shapesOf = (edges: readonly number[]): Shape[] =>
  edges.slice(1).map((columns, index) => [edges[index] ?? 0, columns])

/** The least cost of all orders, tried one by one. */
function bruteForce(edges: readonly number[]): number {
  if (edges.length <= 2) return 0
  let least = Number.POSITIVE_INFINITY
  for (let split = 1; split < edges.length - 1; split++) {
    const [m = 0, k = 0, n = 0] = [edges[0], edges[split], edges.at(-1)]
    const cost = bruteForce(edges.slice(0, split + 1)) + bruteForce(edges.slice(split)) + 2 * m * k * n
    least = Math.min(least, cost)
  }
  return least
}

/** What an order really costs, and the shape that comes out. */
function walk(tree: ChainTree, shapes: readonly Shape[]): { shape: Shape; operations: number } {
  if (typeof tree === 'number') return { shape: shapes[tree] ?? [0, 0], operations: 0 }
  const [left, right] = [walk(tree[0], shapes), walk(tree[1], shapes)]
  const [[m, k], [inner, n]] = [left.shape, right.shape]
  if (k !== inner) throw new Error(`${k} meets ${inner}`)
  return { shape: [m, n], operations: left.operations + right.operations + 2 * m * k * n }
}

const leaves = (tree: ChainTree): number[] =>
  typeof tree === 'number' ? [tree] : [...leaves(tree[0]), ...leaves(tree[1])]

t.test('known chains', async t => {
  for (const [edges, text, operations] of [
    [[10, 20], 'A1', 0],
    [[10, 20, 30], '(A1*A2)', 12_000],
    [[10, 100, 5, 50], '((A1*A2)*A3)', 15_000],
    [[1000, 1, 1000, 1], '(A1*(A2*A3))', 4_000],
    // The example of Cormen et al.: 15,125 multiplications.
    [[30, 35, 15, 5, 10, 20, 25], '((A1*(A2*A3))*((A4*A5)*A6))', 30_250],
  ] as const) {
    const order = chainOrder(shapesOf(edges))
    t.equal(order.text, text)
    t.equal(order.operations, operations)
  }
})

t.test('never dearer than any other order', async t => {
  const next = random(3)
  for (let length = 1; length <= 9; length++) {
    for (let turn = 0; turn < 20; turn++) {
      const edges = Array.from({ length: length + 1 }, () => Math.floor(next() * 40))
      const shapes = shapesOf(edges)
      const order = chainOrder(shapes)
      t.equal(order.operations, bruteForce(edges), `edges ${edges}`)
      t.equal(walk(order.tree, shapes).operations, order.operations, 'the tree costs what is said')
      t.strictSame(
        leaves(order.tree),
        shapes.map((_, index) => index),
      )
    }
  }
})

t.test('chains that cannot be multiplied', async t => {
  t.throws(() => chainOrder([]), { code: 'GEMMESH_USAGE', message: /0 matrices/ })
  t.throws(() => chainOrder(Array.from({ length: chainLimit + 1 }, () => [1, 1] as const)), {
    code: 'GEMMESH_USAGE',
    message: /501 matrices.*500/,
  })
  t.throws(
    () =>
      chainOrder([
        [2, 3],
        [3, 4],
        [5, 6],
      ]),
    {
      code: 'GEMMESH_SHAPE_MISMATCH',
      message: /Matrix 3 of the chain is 5x6 but matrix 2 is 3x4: the inner dimensions \(4, 5\) differ/,
    },
  )
})
