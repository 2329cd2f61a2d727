import { availableParallelism } from 'node:os'

/** The cores that this process may really use: libuv heeds affinity and, on Linux, the quota of the cgroup. */
export const usableThreads = (): number => availableParallelism()
