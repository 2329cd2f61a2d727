/**
 * A machine of so many cores, whole or in part, played by a control group of Linux: its processes never get more than that of the
 * processors' time, even where nobody else wants it. Needs root.
 */
import { access, mkdir, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Short beside a work unit, long beside a switch between processes. */
const periodUs = 20_000
const root = '/sys/fs/cgroup'

export class CpuQuota {
  /** Of the control group. */
  readonly folder: string

  private constructor(folder: string) {
    this.folder = folder
  }

  /** `cores`: 0.5 is half the time of one. Throws where control groups cannot be made. */
  static async create(name: string, cores: number): Promise<CpuQuota> {
    const quotaUs = Math.round(cores * periodUs)
    // Version 1 has a tree for each controller, version 2 one for all.
    const isFirst = await access(join(root, 'cpu')).then(
      () => true,
      () => false,
    )
    const folder = join(root, isFirst ? 'cpu' : '', `gemmesh-${process.pid}-${name}`)
    if (!isFirst) await writeFile(join(root, 'cgroup.subtree_control'), '+cpu')
    await mkdir(folder)
    const quota = new CpuQuota(folder)
    if (isFirst) {
      await writeFile(join(folder, 'cpu.cfs_period_us'), String(periodUs))
      await writeFile(join(folder, 'cpu.cfs_quota_us'), String(quotaUs))
    } else await writeFile(join(folder, 'cpu.max'), `${quotaUs} ${periodUs}`)
    return quota
  }

  /** The command that runs `command` within. */
  within(command: readonly string[]): string[] {
    return ['sh', '-c', 'echo $$ > "$0/cgroup.procs" && exec "$@"', this.folder, ...command]
  }

  /** Its processes have ended. */
  async remove(): Promise<void> {
    await rmdir(this.folder)
  }
}
