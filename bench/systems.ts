/** Who takes part: gemmesh's layers and its peers, each a process. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Dtype } from '../src/core/matrix.ts'
import type { Command } from './peer-process.ts'

export interface System {
  readonly name: string
  /** `ours` are gemmesh's layers: `pool` is the one that ratios are of. */
  readonly ours: boolean
  readonly dtypes: readonly Dtype[]
  /** Whether it can use more than one thread. */
  readonly threaded: boolean
  /** Whether it is a hundred times slower than the fast ones, so that large products are not for it. */
  readonly slow: boolean
  /** Whether it has min-plus: not, too, or nothing else. */
  readonly semirings: 'none' | 'too' | 'alone'
  /** Whether its threads go on spinning for a while after a product. */
  readonly spins: boolean
  /** How to start it; a text says why it cannot be. */
  command(threads: number): Command | string
}

/** Whether it has a product's operations. */
export const canMultiply = ({ semirings }: System, semiring: string | undefined): boolean =>
  semirings !== (semiring === undefined ? 'alone' : 'none')

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const all: readonly Dtype[] = ['float32', 'float64', 'int32']
const floats: readonly Dtype[] = ['float32', 'float64']

function layer(name: string, threaded: boolean, variant: string | undefined): System {
  const args = (threads: number) => [here('./ours.ts'), name, String(threads), ...(variant ? [variant] : [])]
  return {
    ...{ name, ours: true, dtypes: all, threaded, slow: false, semirings: 'too', spins: false },
    command: threads =>
      name === 'library' && variant !== undefined
        ? 'it chooses its processor itself, whatever --variant says'
        : { file: process.execPath, args: args(threads) },
  }
}

/** A peer of bench/peers, by the package that it needs. */
function peer(
  name: string,
  needs: string,
  dtypes: readonly Dtype[],
  how: Partial<Pick<System, 'threaded' | 'slow' | 'spins'>> = {},
): System {
  const missing = 'not installed: npm run bench:peers'
  return {
    ...{ name, ours: false, dtypes, threaded: false, slow: false, semirings: 'none', spins: false, ...how },
    command: threads =>
      existsSync(here(`./peers/node_modules/${needs}/package.json`))
        ? { file: process.execPath, args: [here(`./peers/${name}.mjs`), String(threads)] }
        : missing,
  }
}

/** NumPy; min-plus a row of C at a time or, `expression`, in a single one. */
function numpy(python: string | undefined, expression: boolean): System {
  return {
    ...{ ours: false, dtypes: all, threaded: true, slow: false, spins: !expression },
    ...(expression ? { name: 'numpy-expression', semirings: 'alone' } : { name: 'numpy', semirings: 'too' }),
    command: threads => {
      const found = findPython(python === undefined ? ['/usr/bin/python3', 'python3'] : [python])
      if (found === undefined) return 'no Python with NumPy: apt-get install python3-numpy, or --python FILE'
      const env = { OPENBLAS_NUM_THREADS: String(threads), OMP_NUM_THREADS: String(threads) }
      const args = [here('./peers/numpy_peer.py'), ...(expression ? ['expression'] : [])]
      return { file: found, args, env }
    },
  }
}

/** The first Python of the given ones that has NumPy. */
const findPython = (candidates: readonly string[]): string | undefined =>
  candidates.find(python => {
    try {
      execFileSync(python, ['-c', 'import numpy'], { stdio: 'ignore' })
      return true
    } catch {
      return false
    }
  })

const naive: System = {
  ...{
    name: 'naive',
    ours: false,
    dtypes: all,
    threaded: false,
    slow: false,
    semirings: 'none',
    spins: false,
  },
  command: threads => ({ file: process.execPath, args: [here('./naive.ts'), String(threads)] }),
}

/** All systems, in the order in which they take turns: the ones that are compared most stand side by side. */
export const systems = (options: { python?: string; variant?: string }): readonly System[] => [
  layer('kernel', false, options.variant),
  layer('library', true, options.variant),
  layer('pool', true, options.variant),
  numpy(options.python, false),
  numpy(options.python, true),
  peer('onnxruntime-node', 'onnxruntime-node', all, { threaded: true, spins: true }),
  peer('onnxruntime-web', 'onnxruntime-web', floats, { threaded: true, spins: true }),
  peer('tfjs', '@tensorflow/tfjs-backend-wasm', ['float32']),
  peer('ml-matrix', 'ml-matrix', ['float64'], { slow: true }),
  peer('stdlib-blas', '@stdlib/blas-base-dgemm', floats, { slow: true }),
  peer('mathjs', 'mathjs', ['float64'], { slow: true }),
  naive,
]
