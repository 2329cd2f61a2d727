/**
 * All shortest ways of a graph, by squaring its matrix of distances in min-plus: each squaring doubles the number of edges
 * that a way may have. Checked against Floyd and Warshall's algorithm.
 *
 *   node examples/shortest-paths.ts [NODES]     default: 300
 */
import { close, type Matrix, matrix, multiply } from '../src/index.ts' // 'gemmesh' in a program of your own

const nodes = Number(process.argv[2] ?? 300)
const edges = randomGraph(nodes, 4)
const ways = await shortestWays(edges)
await close()

const wanted = floydWarshall(edges)
const wrong = wanted.findIndex((distance, index) => ways.data[index] !== distance)
if (wrong === -1) {
  const reached = ways.data.filter(Number.isFinite).length
  console.log(
    `${nodes} nodes: all distances are Floyd and Warshall's; ${reached} of ${nodes ** 2} pairs have a way`,
  )
} else {
  const pair = `${Math.floor(wrong / nodes)} to ${wrong % nodes}`
  console.error(`from ${pair}: ${ways.data[wrong]}, but Floyd and Warshall say ${wanted[wrong]}`)
  process.exitCode = 1
}

/** Distances of 0 from each node to itself keep the shorter ways, so that nothing has to be added. */
async function shortestWays(distances: Matrix): Promise<Matrix> {
  let result = distances
  for (let longest = 1; longest < nodes - 1; longest *= 2) {
    result = await multiply(result, result, { semiring: 'min-plus' })
  }
  return result
}

/** A few edges from each node, of whole lengths, whose sums are exact; Infinity where there is none. */
function randomGraph(count: number, degree: number): Matrix {
  const data = new Float32Array(count * count).fill(Number.POSITIVE_INFINITY)
  let state = 1
  const random = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  for (let from = 0; from < count; from++) {
    for (let edge = 0; edge < degree; edge++) data[from * count + random(count)] = 1 + random(1000)
    data[from * count + from] = 0
  }
  return matrix(data, [count, count])
}

function floydWarshall({ data }: Matrix): Float32Array {
  const distances = Float32Array.from(data)
  for (let via = 0; via < nodes; via++) {
    for (let from = 0; from < nodes; from++) {
      const first = distances[from * nodes + via] ?? Number.POSITIVE_INFINITY
      for (let to = 0; to < nodes; to++) {
        const way = first + (distances[via * nodes + to] ?? Number.POSITIVE_INFINITY)
        if (way < (distances[from * nodes + to] ?? 0)) distances[from * nodes + to] = way
      }
    }
  }
  return distances
}
