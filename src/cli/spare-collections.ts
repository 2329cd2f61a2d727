/** Fewer collections of garbage in a process that holds much memory outside of V8's heap. */
import { setFlagsFromString } from 'node:v8'

/**
 * Each read of a socket is a new buffer outside of V8's heap. V8 collects the whole heap for every 25 to 64 MiB of them, however
 * little of it is garbage; told to see them as a part of all memory, it waits for that to grow. Of five processes at float64
 * n = 4096 (AMD EPYC, 2 cores) master-combine took 0.4-0.6 s of CPU in place of 0.7-0.9 s, all of them 4.1-4.4 s in place of 4.9,
 * and resident memory grew by up to 40 MiB.
 */
export function spareCollections(): void {
  setFlagsFromString('--external-memory-accounted-in-global-limit')
}
