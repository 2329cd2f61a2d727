/** What Linux says of a process: its CPU time, and its memory. */
import { readFile } from 'node:fs/promises'

/** As the kernel counts for user programs, whatever its own clock does. */
const ticksPerSecond = 100

export interface CpuTime {
  readonly userSeconds: number
  readonly systemSeconds: number
}

export async function cpuTime(pid: number): Promise<CpuTime> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8')
  // The name in parentheses may hold spaces: fields are counted behind it, the state being the third of all.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return {
    userSeconds: Number(fields[11]) / ticksPerSecond,
    systemSeconds: Number(fields[12]) / ticksPerSecond,
  }
}

/** Bytes of resident memory at its peak. */
export const peakBytes = (pid: number): Promise<number> => statusBytes(pid, /^VmHWM:\s+(\d+) kB$/m)

/** Bytes of resident memory. */
export const residentBytes = (pid: number): Promise<number> => statusBytes(pid, /^VmRSS:\s+(\d+) kB$/m)

async function statusBytes(pid: number, line: RegExp): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(line.exec(status)?.[1] ?? Number.NaN) * 1024
}
