/** NumPy, Dask distributed and ScaLAPACK on two cores, each used as its documentation says. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { firstThatRuns, runCommand } from './command.ts'
import type { Found } from './contender.ts'

const script = (name: string): string => fileURLToPath(new URL(`../peers/${name}`, import.meta.url))
const pythons = ['/usr/bin/python3', 'python3']
/** Each rank and each of Dask's workers has one core. */
const processes = 2
/**
 * The fastest of those that were tried with 8192 float32 (Dask: 1024, 2048, 4096) and with 4096 float64 (pdgemm: 64, 128, 256,
 * 512, 2048; a grid of 1 x 2).
 */
const [daskChunk, pdgemmBlock] = [2048, 128]

const everything = () => true
const nothingToEnd = async () => {}

/** The whole process counts, its start, too: NumPy's own import is 0.2 s of it. */
export async function numpy(): Promise<Found> {
  const name = 'NumPy'
  const python = (await firstThatRuns(pythons.map(python => [python, '-c', 'import numpy'])))?.[0]
  if (python === undefined) return { name, missing: 'apt-get install python3-numpy' }
  const version = await runCommand([python, '-c', 'import numpy; print(numpy.__version__)'])
  const env = { OPENBLAS_NUM_THREADS: String(processes) }
  return {
    name,
    about: `${version.stdout.trim()}, OpenBLAS with ${processes} threads; np.load, @, np.save`,
    takes: everything,
    multiply: async ({ files: { a, b, c } }) =>
      (await runCommand([python, script('numpy_files.py'), a, b, c], env)).ms,
    end: nothingToEnd,
  }
}

/** Its cluster stands already; the user's command connects to it. */
export async function dask(): Promise<Found> {
  const name = 'Dask distributed'
  const imports = 'import dask.array, distributed; print(distributed.__version__)'
  const python = (await firstThatRuns(pythons.map(python => [python, '-c', imports])))?.[0]
  if (python === undefined) return { name, missing: 'apt-get install python3-distributed' }
  const version = (await runCommand([python, '-c', imports])).stdout.trim()
  const file = script('dask_files.py')
  const server = spawn(python, [file, 'serve', String(processes)], {
    env: { ...process.env, OPENBLAS_NUM_THREADS: '1' },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface(server.stdout)
  const [address] = await Promise.race([once(lines, 'line'), once(server, 'close').then(() => [undefined])])
  if (typeof address !== 'string') return { name, missing: 'its cluster did not start' }
  return {
    name,
    about: `${version}, a standing cluster of ${processes} workers with one thread; chunks of ${daskChunk} rows of A, columns of B`,
    takes: everything,
    multiply: async ({ files: { a, b, c } }) =>
      (await runCommand([python, file, address, a, b, c, String(daskChunk)])).ms,
    async end() {
      server.stdin.end()
      await once(server, 'close')
    },
  }
}

/** mpirun starts its ranks for each product: it has no cluster that stands. Built by mpicc, in `folder`. */
export async function scalapack(folder: string): Promise<Found> {
  const name = 'ScaLAPACK pdgemm'
  const program = join(folder, 'pdgemm')
  const build = ['mpicc', '-O2', '-o', program, script('pdgemm.c'), '-lscalapack-openmpi', '-lopenblas']
  const failed = await runCommand(build).then(
    () => undefined,
    (error: unknown) => error,
  )
  if (failed !== undefined) {
    const packages = 'gcc openmpi-bin libopenmpi-dev libscalapack-openmpi-dev libopenblas-dev'
    return { name, missing: `apt-get install ${packages} (${String(failed).slice(0, 200)})` }
  }
  const version = (await runCommand(['mpirun', '--version'])).stdout.split('\n')[0]
  // In a container everything is root's.
  const root = { OMPI_ALLOW_RUN_AS_ROOT: '1', OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1' }
  const mpirun = ['mpirun', '--oversubscribe', '--bind-to', 'none', '-n', String(processes)]
  return {
    name,
    about: `${version}, OpenBLAS with one thread, ${processes} ranks, blocks of ${pdgemmBlock}, MPI-IO; mpirun each time`,
    takes: dtype => dtype === 'float64',
    multiply: async ({ files: { a, b, c } }) => {
      const command = [...mpirun, program, a, b, c, String(pdgemmBlock)]
      return (await runCommand(command, { OPENBLAS_NUM_THREADS: '1', ...root })).ms
    },
    end: nothingToEnd,
  }
}
