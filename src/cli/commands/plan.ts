/** `gemmesh plan A B`: what a product on a cluster would take, without running it. */
import { Command, Option } from 'commander'
import type { Dtype } from '../../core/matrix.ts'
import { type Semiring, semirings } from '../../core/semiring.ts'
import { GemmeshError } from '../../errors.ts'
import { findMaster, type MasterOptions } from '../cluster/find-master.ts'
import {
  configOption,
  dtypeOption,
  envOption,
  urlValue,
  withExamples,
  withOutputOptions,
} from '../options.ts'
import { type OutputOptions, Terminal } from '../terminal.ts'

interface PlanOptions extends OutputOptions, MasterOptions {
  readonly transA?: true
  readonly transB?: true
  readonly add?: string
  readonly dtype?: Dtype
  readonly semiring: Semiring
  readonly reproducible?: true
  readonly simulate?: true
}

export function planCommand(): Command {
  const command = new Command('plan')
    .summary('explain what a product on a cluster would take, without running it')
    .description(
      'Who computes which part of C, what moves over each link beside the least possible, the memory of each slave, and the time ' +
        'to expect. Only the heads of .npy files are read, and nothing is sent but their shapes. Where master-assign runs, for the ' +
        'slaves that are present and with the rates that their jobs had; else for all slaves of the file, with assumed rates.',
    )
    .argument('<A>', 'matrix file')
    .argument('<B>', 'matrix file')
    .option('--trans-a', 'multiply the transpose of A')
    .option('--trans-b', 'multiply the transpose of B')
    .option('--add <C0>', 'matrix file, of the shape of C, to add to the product')
    .addOption(dtypeOption())
    .addOption(
      new Option('--semiring <name>', 'what stands for + and *').choices(semirings).default('plus-times'),
    )
    .option('--reproducible', 'for the same bits as on one machine: floats are not cut along k')
    .option('--simulate', 'play it through with the scheduler itself, modelled slaves and links')
    .addOption(configOption())
    .addOption(envOption('--master <url>', 'address of master-assign', 'GEMMESH_MASTER').argParser(urlValue))
    .action(plan)
  return withExamples(withOutputOptions(command), [
    ['gemmesh plan A.npy B.npy --config cluster.json', 'on the cluster of this file, running or not'],
    ['gemmesh plan A.npy B.npy --config cluster.json --simulate', 'and play it through'],
    ['gemmesh plan A.npy B.npy --master http://10.0.0.1:7710 --json', 'on the cluster of this master'],
  ])
}

async function plan(a: string, b: string, options: PlanOptions, command: Command): Promise<void> {
  const { transA = false, transB = false, add, semiring, config, simulate = false } = options
  const { reproducible = false, dtype } = options
  const master = await findMaster(options, command)
  if (master === undefined)
    throw new GemmeshError(
      'GEMMESH_USAGE',
      'A plan is for a cluster: name its file with --config, or its master-assign with --master.',
    )
  const optional = { ...(add !== undefined && { add }), ...(dtype !== undefined && { dtype }) }
  const files = { a, b, transA, transB, semiring, reproducible, simulate, ...optional }
  const { explainFiles } = await import('../cluster/explain-files.ts')
  const isOfFile = master.start !== undefined && config !== undefined
  await explainFiles({ ...files, master, ...(isOfFile && { config }) }, new Terminal(options))
}
