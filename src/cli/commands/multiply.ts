/** `gemmesh multiply A B`: the product of matrix files, on this machine or on a cluster. */
import { randomBytes } from 'node:crypto'
import { Command, Option } from 'commander'
import type { Dtype } from '../../core/matrix.ts'
import { type Semiring, semirings } from '../../core/semiring.ts'
import { seedBytes } from '../../core/verify/vectors.ts'
import { GemmeshError } from '../../errors.ts'
import { type Algorithm, algorithms } from '../../kernel/algorithm.ts'
import { findMaster, type MasterOptions } from '../cluster/find-master.ts'
import { interruptible } from '../interruption.ts'
import {
  bytesValue,
  configOption,
  countValue,
  dtypeOption,
  envOption,
  masterOption,
  numberValue,
  priorityValue,
  secondsValue,
  withExamples,
  withOutputOptions,
} from '../options.ts'
import { type OutputOptions, Terminal } from '../terminal.ts'

interface MultiplyOptions extends OutputOptions, MasterOptions {
  readonly output?: string
  readonly transA?: true
  readonly transB?: true
  readonly alpha: number
  readonly beta?: number
  readonly add?: string
  readonly dtype?: Dtype
  readonly semiring: Semiring
  readonly reproducible?: true
  readonly algorithm: Algorithm
  readonly priority: number
  readonly upload?: true
  readonly keep?: true
  readonly verify?: boolean
  readonly patience?: number
  readonly threads?: number
  readonly memory?: number
}

export function multiplyCommand(): Command {
  const command = new Command('multiply')
    .summary('multiply matrix files: C = alpha*op(A)*op(B) + beta*C0')
    .description(
      'C = alpha*op(A)*op(B) + beta*C0 of matrix files of one type (float32, float64, int32; narrower ones are widened): .npy, members of .npz archives ' +
        '(weights.npz:w1, or the only one), Matrix Market (.mtx) and CSV (.csv, .tsv). Without --config and ' +
        '--master on all cores of this machine, also when the matrices are larger than its memory. An A of one dimension is a ' +
        'row, a B of one dimension a column, and C then has one dimension, as in NumPy.',
    )
    .argument('<A>', 'matrix file')
    .argument('<B>', 'matrix file')
    .argument(
      '[more...]',
      'more matrix files: A*B*..., in the order that takes the fewest operations; not on a cluster',
    )
    .option(
      '-o, --output <C>',
      'file to write, by its name .npy, .csv, .tsv or .mtx; without it a C of up to 10x10 is shown and a larger one is not kept',
    )
    .option('--trans-a', 'multiply the transpose of A')
    .option('--trans-b', 'multiply the transpose of B')
    .option('--alpha <number>', 'factor of the product', numberValue, 1)
    .option('--add <C0>', 'matrix file, of the shape of C, to add to the product')
    .option('--beta <number>', 'factor of C0 (default: 1 with --add)', numberValue)
    .addOption(dtypeOption())
    .addOption(
      new Option('--semiring <name>', 'what stands for + and *; with another than plus-times: C = A*B + C0')
        .choices(semirings)
        .default('plus-times'),
    )
    .addOption(
      new Option(
        '--algorithm <name>',
        'strassen: faster for large floats, within a weaker bound of the error',
      )
        .choices(algorithms)
        .default('classical'),
    )
    .option(
      '--reproducible',
      'the same bits on every machine, here and on a cluster, however the work is cut; slower (docs/KERNEL.md)',
    )
    .addOption(configOption())
    .addOption(masterOption())
    .option(
      '--priority <number>',
      'on a cluster: jobs of a higher one go first (-100 to 100)',
      priorityValue,
      0,
    )
    .option(
      '--verify',
      'check each tile against the operands before it is written (docs/VERIFICATION.md); on a cluster the default, unless its configuration says otherwise',
    )
    .option('--no-verify', 'write tiles unchecked; on this machine the default')
    .addOption(
      envOption(
        '--patience <seconds>',
        'on a cluster: how long its masters may be away before this command gives up; the job goes on (default: 300)',
        'GEMMESH_PATIENCE',
      ).argParser(secondsValue),
    )
    .option(
      '--keep',
      'on a cluster: leave the result there, too, for gemmesh job ID -o; otherwise, on the machine of its master-combine, C is that very file',
    )
    .option('--upload', 'on a cluster: send the files also where its master could read them at their places')
    .addOption(
      envOption(
        '--threads <count>',
        'threads to compute with (default: all cores)',
        'GEMMESH_THREADS',
      ).argParser(countValue),
    )
    .addOption(
      envOption(
        '--memory <size>',
        'most memory to use, such as 512MiB (default: half of what is free, up to 4 GiB)',
        'GEMMESH_MEMORY',
      ).argParser(bytesValue),
    )
    .action(multiply)
  return withExamples(withOutputOptions(command), [
    ['gemmesh multiply A.npy B.npy -o C.npy', 'on all cores of this machine'],
    [
      'gemmesh multiply A.npy B.npy --trans-b --alpha 0.5 --add C0.npy -o C.npy',
      'C = 0.5*A*transpose(B) + C0',
    ],
    [
      'gemmesh multiply D.npy D.npy --semiring min-plus -o D2.npy',
      'shortest paths of at most two edges, of distances D',
    ],
    ['gemmesh multiply A.npy B.npy C.npy D.npy -o E.npy', 'A*B*C*D, in the cheapest order'],
    ['gemmesh multiply A.npy B.npy -o C.npy --verify', 'every tile is checked before it is written'],
    ['gemmesh multiply weights.npz:w1 X.mtx -o Y.csv', 'files of other kinds'],
    ['gemmesh multiply A.npy B.npy -o C.npy --config cluster.json', 'on the cluster of this file'],
    [
      'gemmesh multiply A.npy B.npy -o C.npy --master http://10.0.0.1:7710 --json',
      'on the cluster of this master',
    ],
  ])
}

async function multiply(
  a: string,
  b: string,
  more: readonly string[],
  options: MultiplyOptions,
  command: Command,
): Promise<void> {
  const {
    transA = false,
    transB = false,
    alpha,
    add,
    dtype,
    semiring,
    reproducible = false,
    output,
    algorithm,
  } = options
  if (reproducible && algorithm !== 'classical')
    throw new GemmeshError(
      'GEMMESH_USAGE',
      `--algorithm ${algorithm} adds in an order of its own: leave it out, or --reproducible.`,
    )
  if (options.verify && algorithm !== 'classical')
    throw new GemmeshError(
      'GEMMESH_USAGE',
      `--verify has no bound for the roundings of --algorithm ${algorithm}: leave out one of them.`,
    )
  if (add === undefined && options.beta !== undefined)
    throw new GemmeshError(
      'GEMMESH_USAGE',
      '--beta is the factor of a matrix that is added: name its file with --add.',
    )
  const files = {
    a,
    b,
    transA,
    transB,
    alpha,
    semiring,
    reproducible,
    beta: add === undefined ? 0 : (options.beta ?? 1),
    ...(add !== undefined && { add }),
    ...(dtype !== undefined && { dtype }),
    ...(output !== undefined && { output }),
  }
  const terminal = new Terminal(options)
  const master = await findMaster(options, command)
  await interruptible(async ({ signal }) => {
    if (master === undefined) {
      refuseClusterOptions(command)
      const { multiplyHere } = await import('../local/multiply-here.ts')
      if (more.length > 0) refuseTransposes(transA || transB)
      const verification = options.verify ? { verificationSeed: randomBytes(seedBytes) } : {}
      const request = { ...files, algorithm, more, ...limitsOf(options), ...verification, signal }
      await multiplyHere(request, terminal)
    } else {
      refuseLocalOptions(command)
      if (more.length > 0) refuseChain()
      const { multiplyOnCluster } = await import('../cluster/multiply-on-cluster.ts')
      const { priority, upload = false, keep = false, verify, patience } = options
      const checks = verify === undefined ? {} : { verify }
      const patient = patience === undefined ? {} : { patienceMs: patience * 1000 }
      const settings = { ...checks, ...patient, priority, upload, keep }
      await multiplyOnCluster({ ...files, ...settings, master, signal }, terminal)
    }
  })
}

const limitsOf = ({ threads, memory }: MultiplyOptions) => ({
  ...(threads !== undefined && { threads }),
  ...(memory !== undefined && { memoryBytes: memory }),
})

function refuseClusterOptions(command: Command): void {
  for (const name of ['priority', 'upload', 'keep', 'patience'])
    if (command.getOptionValueSource(name) === 'cli')
      throw new GemmeshError(
        'GEMMESH_USAGE',
        `--${name} is for jobs of a cluster: name one with --config or --master, or leave it out.`,
      )
}

function refuseTransposes(transposes: boolean): void {
  if (transposes)
    throw new GemmeshError(
      'GEMMESH_USAGE',
      '--trans-a and --trans-b are for two matrices: of more, give those to be transposed as files that are.',
    )
}

function refuseChain(): void {
  throw new GemmeshError(
    'GEMMESH_USAGE',
    'A cluster multiplies two matrices at a time: leave --config and --master out to multiply more on this machine, or multiply them in turn.',
  )
}

function refuseLocalOptions(command: Command): void {
  if (command.getOptionValueSource('algorithm') === 'cli')
    throw new GemmeshError(
      'GEMMESH_USAGE',
      '--algorithm is for multiplying on this machine: leave it out, or --config and --master.',
    )
  for (const name of ['threads', 'memory'])
    if (command.getOptionValueSource(name) === 'cli')
      throw new GemmeshError(
        'GEMMESH_USAGE',
        `--${name} is for multiplying on this machine: the ${name} of a cluster's slaves stand in its configuration file.`,
      )
}
