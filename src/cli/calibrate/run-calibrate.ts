/** The measurement of this machine, and the figure in the configuration that comes of it. */
import { readFile, realpath, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { locateValue } from '../../config/locate.ts'
import { type Cluster, identify, parseCluster, readCluster, type SlaveAddress } from '../../config.ts'
import { asGemmeshError, GemmeshError } from '../../errors.ts'
import { Arena } from '../../kernel/arena.ts'
import { readProcessorImages } from '../../kernel/processor.ts'
import { selectProcessor } from '../../kernel/select.ts'
import { type MeasuredRates, measureRates } from '../../pool/measure-rates.ts'
import { Pool, poolBytes } from '../../pool/pool.ts'
import { usableThreads } from '../../pool/usable-threads.ts'
import { replaceFile } from '../../store/replace-file.ts'
import { type Interruption, interruptible } from '../interruption.ts'
import { ownAddresses } from '../node/own-addresses.ts'
import { type OutputOptions, Terminal } from '../terminal.ts'
import { formatCount, formatRate } from '../units.ts'

export interface CalibrateOptions extends OutputOptions {
  readonly config?: string
  readonly name?: string
  readonly threads?: number
  readonly write?: true
}

/** Each dtype: long enough that a busy moment of the machine is a small part of it. */
const forMs = 1000
/** Six operands of 1024x1024 in float64, and what more than eight threads want beside. */
const operandBytes = 256 * 2 ** 20

export async function runCalibrate(options: CalibrateOptions): Promise<void> {
  const { config, write = false } = options
  if (write && !config)
    throw new GemmeshError(
      'GEMMESH_USAGE',
      '--write needs the configuration file to write to: name it with --config.',
    )
  const terminal = new Terminal(options)
  const cluster = config ? await readCluster(config) : undefined
  // Whose figure it is, is found out before the measuring begins.
  const slave = cluster && slaveHere(cluster, options)
  await interruptible(async ({ signal }: Interruption) => {
    const threads = options.threads ?? slave?.threads ?? usableThreads()
    const { variant, rates } = await measureHere(threads, signal)
    const figure = performanceOf(rates)
    if (config && slave && write) await writeFigure(config, slave.name, figure)
    const gflops = `${formatRate(rates.float32)} GFLOPS in float32, ${formatRate(rates.float64)} in float64`
    terminal.summary(`${gflops} on ${formatCount(threads, 'thread')} (${variant})`)
    terminal.print(
      `performance ${figure}${slave === undefined ? '' : ` of ${slave.name}, ${change(slave, write, config)}`}`,
    )
    if (slave && cluster && cluster.slaves.length > 1)
      terminal.note('Figures count beside each other only: calibrate the other slaves as well.')
    terminal.record('calibration', {
      ...(slave && { name: slave.name, before: slave.performance, config }),
      performance: figure,
      gflops: rates,
      threads,
      variant,
      written: write,
    })
  })
}

const change = ({ performance }: SlaveAddress, write: boolean, config: string | undefined): string =>
  write
    ? `which was ${performance} in ${config}`
    : `where ${config} says ${performance}; --write puts it there`

async function measureHere(
  threads: number,
  signal: AbortSignal,
): Promise<{ variant: string; rates: MeasuredRates }> {
  const { chosen } = await selectProcessor(await readProcessorImages())
  const arena = Arena.create(operandBytes + poolBytes(threads))
  const pool = await Pool.start({ arena, processor: chosen, threads })
  try {
    const rates = await measureRates(pool, { arena, limitBytes: operandBytes, forMs, signal })
    return { variant: chosen.image.variant, rates }
  } finally {
    await pool.close()
  }
}

/** Three digits: more is noise. */
const performanceOf = ({ float32, float64 }: MeasuredRates): number =>
  Number(Math.sqrt(float32 * float64).toPrecision(3))

/** The slave of the file that this machine is; what `identify` says where there is none, or more than one. */
function slaveHere(cluster: Cluster, { name, config }: CalibrateOptions): SlaveAddress {
  try {
    const { slave } = identify(cluster, {
      name,
      mode: 'slave',
      hostname: hostname(),
      addresses: ownAddresses(),
    })
    if (slave !== undefined) return slave
  } catch (error) {
    if (asGemmeshError(error).code !== 'GEMMESH_MODE_CONFLICT') throw error
  }
  const slaves = cluster.slaves.map(slave => slave.name).join(', ')
  throw new GemmeshError(
    'GEMMESH_MODE_CONFLICT',
    `${name ?? 'This machine'} is no slave in ${config}, and only slaves have a performance. Its slaves are ${slaves}: say which one with --name.`,
  )
}

/** Replaces the figure in the text of the file, which stays as it is otherwise. */
async function writeFigure(config: string, name: string, figure: number): Promise<void> {
  const path = await realpath(config)
  const text = await readFile(path, 'utf8')
  const index = parseCluster(JSON.parse(text.replace(/^\uFEFF/, '')), config).slaves.findIndex(
    slave => slave.name === name,
  )
  const span = locateValue(text, ['slaves', index, 'performance'])
  if (span === undefined)
    throw new GemmeshError(
      'GEMMESH_CONFIG_INVALID',
      `${config} has changed while this machine was measured: ${name} is not among its slaves any more.`,
    )
  const changed = `${text.slice(0, span.start)}${figure}${text.slice(span.end)}`
  await replaceFile(path, changed, { mode: (await stat(path)).mode & 0o777 })
}
