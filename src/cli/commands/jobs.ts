/** `gemmesh jobs`, `gemmesh job ID`, `gemmesh cancel ID`: what a cluster is doing, did, and should not do. */
import { Command, Option } from 'commander'
import type { Cluster } from '../../client/index.ts'
import type { MasterOptions } from '../cluster/find-master.ts'
import { interruptible } from '../interruption.ts'
import { configOption, masterOption, withExamples, withOutputOptions } from '../options.ts'
import { type OutputOptions, Terminal } from '../terminal.ts'

type JobsOptions = OutputOptions & MasterOptions
type JobOptions = JobsOptions & { readonly receipt?: true; readonly output?: string }

const withMaster = (command: Command): Command =>
  withOutputOptions(command.addOption(configOption()).addOption(masterOption()))

const idArgument = 'id of the job, or its beginning'

export function jobsCommand(): Command {
  const command = new Command('jobs')
    .summary('list the jobs of a cluster')
    .description('Lists the jobs that the master knows: those that ended last, then those that run or wait.')
    .action(async (options: JobsOptions, command: Command) => {
      const { showJobs } = await import('../jobs/show-jobs.ts')
      await onCluster(options, command, showJobs)
    })
  return withExamples(withMaster(command), [
    ['gemmesh jobs --config cluster.json', 'of the cluster of this file'],
    ['gemmesh jobs --master http://10.0.0.1:7710 --json', 'one object for each job'],
  ])
}

export function jobCommand(): Command {
  const command = new Command('job')
    .summary('show one job of a cluster, or save its result')
    .description(
      'Shows a job: its state, its plan, and what each slave did for it. Or waits for its end, and saves its result.',
    )
    .argument('<id>', idArgument)
    .addOption(
      new Option(
        '--receipt',
        'who computed which tile, with which processor, and what came of the checks',
      ).conflicts('output'),
    )
    .option('-o, --output <C>', 'file to save the result in, by its name .npy, .csv, .tsv or .mtx')
    .action(async (id: string, options: JobOptions, command: Command) => {
      const { showJob } = await import('../jobs/show-jobs.ts')
      const { showReceipt } = await import('../jobs/show-receipt.ts')
      const { saveResult } = await import('../jobs/save-result.ts')
      const { receipt, output } = options
      const show = receipt === true ? showReceipt : showJob
      await onCluster(options, command, (cluster, terminal) =>
        output === undefined
          ? show(cluster, id, terminal)
          : interruptible(({ signal }) => saveResult(cluster, id, output, terminal, signal)),
      )
    })
  return withExamples(withMaster(command), [
    ['gemmesh job 5e1c --config cluster.json', 'the job whose id begins so'],
    ['gemmesh job 5e1c --receipt --config cluster.json', 'what proves that its result is right'],
    ['gemmesh job 5e1c -o C.npy --config cluster.json', 'its result, as soon as there is one'],
  ])
}

export function cancelCommand(): Command {
  const command = new Command('cancel')
    .summary('cancel a job of a cluster')
    .description(
      'Cancels a job that waits or runs: slaves drop its work units, and what is placed of its result is removed. A job that ' +
        'has ended stays as it is, which is said.',
    )
    .argument('<id>', idArgument)
    .action(async (id: string, options: JobsOptions, command: Command) => {
      const { cancelJob } = await import('../jobs/show-jobs.ts')
      await onCluster(options, command, (cluster, terminal) => cancelJob(cluster, id, terminal))
    })
  return withExamples(withMaster(command), [
    ['gemmesh cancel 5e1c --config cluster.json', 'the job whose id begins so'],
  ])
}

async function onCluster(
  options: JobsOptions,
  command: Command,
  run: (cluster: Cluster, terminal: Terminal) => Promise<void>,
): Promise<void> {
  const { needMaster } = await import('../cluster/find-master.ts')
  const { reach } = await import('../cluster/reach.ts')
  // Whoever looks wants to know now, also that nobody answers.
  const cluster = await reach(await needMaster(options, command), { patienceMs: 0 })
  try {
    await run(cluster, new Terminal(options))
  } finally {
    await cluster.close()
  }
}
