/** `gemmesh jobs`, `gemmesh job ID`, `gemmesh cancel ID`: what a cluster is doing, and what it should not do. */
import { Command } from 'commander'
import type { Cluster } from '../../client/index.ts'
import type { MasterOptions } from '../cluster/find-master.ts'
import { configOption, masterOption, withExamples, withOutputOptions } from '../options.ts'
import { type OutputOptions, Terminal } from '../terminal.ts'

type JobsOptions = OutputOptions & MasterOptions

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
    .summary('show one job of a cluster')
    .description('Shows a job: its state, its plan, and what each slave did for it.')
    .argument('<id>', idArgument)
    .option('--receipt', 'who computed which tile, with which processor, and what came of the checks')
    .action(async (id: string, options: JobsOptions & { readonly receipt?: true }, command: Command) => {
      const { showJob } = await import('../jobs/show-jobs.ts')
      const { showReceipt } = await import('../jobs/show-receipt.ts')
      const show = options.receipt === true ? showReceipt : showJob
      await onCluster(options, command, (cluster, terminal) => show(cluster, id, terminal))
    })
  return withExamples(withMaster(command), [
    ['gemmesh job 5e1c --config cluster.json', 'the job whose id begins so'],
    ['gemmesh job 5e1c --receipt --config cluster.json', 'what proves that its result is right'],
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
