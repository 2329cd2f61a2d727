/** What is measured: sections of products, each with the systems that take part. Pure. */
import { type Dtype, dtypes } from '../src/core/matrix.ts'
import { GemmeshError } from '../src/errors.ts'
import { oddShapes } from './odd-shapes.ts'
import type { Product } from './product.ts'

export type Shape = Pick<Product, 'm' | 'n' | 'k'>

export interface Section {
  readonly name: 'square' | 'shapes' | 'beyond'
  readonly dtypes: readonly Dtype[]
  /** Default plus-times. */
  readonly semiring?: 'min-plus'
  readonly shapes: readonly Shape[]
  /** Names of systems; all that are there where it is left out. */
  readonly systems?: readonly string[]
  readonly threads: readonly number[]
  readonly trials: number
  /** How long a system's trial lasts, about, where one product is not longer. */
  readonly trialMs: number
}

export interface PlanOptions {
  readonly sizes?: string | undefined
  readonly shapes?: string | undefined
  readonly dtypes?: string | undefined
  readonly threads?: string | undefined
  readonly trials?: string | undefined
  readonly peers?: string | undefined
  readonly beyond?: boolean | undefined
  readonly full?: boolean | undefined
}

const edgeLimit = 1_000_000
const elementsLimit = 2 ** 27
const layers = ['kernel', 'library', 'pool']
/** For a plot's line. */
const plotSizes = '32,64,128,256,384,512,768,1024,2048'

/** The sections of the options. GEMMESH_USAGE, naming the option, where one does not say what can be measured. */
export function planSections(
  options: PlanOptions,
  usableThreads: number,
  known: readonly string[],
): Section[] {
  const threads = counts('threads', options.threads ?? [...new Set([1, usableThreads])].join(','), 1024)
  const [trials = 5] = counts('trials', options.trials ?? '5', 1000)
  const chosen = chosenSystems(options.peers, known)
  const common = { threads, trials }
  const floats = chosenDtypes(options.dtypes ?? 'float32,float64')
  const sections: Section[] = []
  const others = options.shapes !== undefined || options.beyond
  if (options.sizes !== undefined || !others || options.full) {
    const sizes = counts('sizes', options.sizes ?? (options.full ? plotSizes : '256,512,1024,2048'), 16384)
    const shapes = sizes.map(n => ({ m: n, n, k: n }))
    const systems = chosen && { systems: chosen }
    sections.push({ name: 'square', dtypes: floats, shapes, ...systems, ...common, trialMs: 60 })
  }
  if (options.shapes !== undefined || options.full) {
    const shapes = parseShapes(options.shapes ?? 'odd')
    const systems = chosen ?? ['pool', 'numpy']
    sections.push({ name: 'shapes', dtypes: floats, shapes, systems, ...common, trialMs: 25 })
  }
  if (options.beyond || options.full) {
    const cube = (n: number) => [{ m: n, n, k: n }]
    // NumPy has no BLAS for these: seconds a product.
    const limit = { trials: options.beyond ? trials : Math.min(trials, 3), trialMs: 60 }
    const systems = chosen ?? ['pool', 'numpy', 'numpy-expression', 'onnxruntime-node']
    const beyond = { name: 'beyond' as const, systems, ...common, ...limit }
    sections.push({ ...beyond, dtypes: ['int32'], shapes: cube(1024) })
    sections.push({ ...beyond, dtypes: ['float32'], semiring: 'min-plus', shapes: cube(512) })
  }
  return sections
}

/** gemmesh's layers and the named peers; undefined: whoever is there. */
function chosenSystems(peers: string | undefined, known: readonly string[]): readonly string[] | undefined {
  if (peers === undefined) return undefined
  const names = peers === 'none' ? [] : peers.split(',')
  const unknown = names.find(name => !known.includes(name))
  if (unknown === undefined) return [...layers, ...names.filter(name => !layers.includes(name))]
  throw usage(
    `--peers ${peers}: there is no ${unknown}. Known: ${known.filter(name => !layers.includes(name)).join(', ')}, none`,
  )
}

function chosenDtypes(text: string): readonly Dtype[] {
  const names = text.split(',')
  const unknown = names.find(name => !dtypes.some(dtype => dtype === name))
  if (unknown !== undefined) throw usage(`--dtypes ${text}: ${unknown} is none of ${dtypes.join(', ')}`)
  return dtypes.filter(dtype => names.includes(dtype))
}

/** `odd` for the list of odd shapes, or `2000x16x2000,1x4096x4096,...`: m x n x k, a lone number a square. */
export function parseShapes(text: string): readonly Shape[] {
  if (text === 'odd') return oddShapes
  return text.split(',').map(part => {
    const edges = part.split('x').map(Number)
    const [m = 0, n = m, k = m] = edges
    const right =
      [1, 3].includes(edges.length) &&
      edges.every(edge => Number.isInteger(edge) && edge > 0 && edge <= edgeLimit) &&
      [m * k, k * n, m * n].every(elements => elements <= elementsLimit)
    if (right) return { m, n, k }
    throw usage(
      `--shapes ${text}: ${part} is not m x n x k, as 2000x16x2000, of edges from 1 to ${edgeLimit} and matrices of ` +
        `${elementsLimit} elements at most`,
    )
  })
}

const counts = (name: string, text: string, limit: number): number[] =>
  text.split(',').map(part => {
    const value = Number(part)
    if (Number.isInteger(value) && value > 0 && value <= limit) return value
    throw usage(`--${name} ${text}: ${part} is not a whole number from 1 to ${limit}`)
  })

const usage = (message: string) => new GemmeshError('GEMMESH_USAGE', `${message}.`)
