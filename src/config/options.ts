/** What a configuration file may say under "options", and what holds where it does not. */
export interface Options {
  readonly heartbeatMs: number
  readonly leaseMs: number
  readonly attempts: number
  readonly suspicionThreshold: number
  readonly restMs: number
  readonly restLimitMs: number
  readonly unitsAtHand: number
  readonly unitEdge: number
  readonly blockEdge: number
  readonly measuredPerformance: boolean
  readonly planGraceMs: number
  readonly verify: boolean
  readonly slaveMemoryBytes: number
  readonly uploadLimitBytes: number
  readonly matrixAgeHours: number
  readonly matrixQuotaBytes: number
  readonly resultAgeHours: number
  readonly resultQuotaBytes: number
  readonly operandFolders: readonly string[]
  readonly operandUrls: readonly string[]
}

export const defaultOptions: Options = Object.freeze({
  heartbeatMs: 1000,
  leaseMs: 10_000,
  attempts: 4,
  suspicionThreshold: 8,
  restMs: 1000,
  restLimitMs: 60_000,
  unitsAtHand: 2,
  // Measured end to end (bench:cluster, float32 8192, three slaves of one thread on two cores): 8.9 to 9.8 s with edges of 1024
  // and blocks of 512, whose rows are 2 KiB of the file; 7.3 to 8.7 s with 4096 and 1024. Each step of k is a larger product.
  unitEdge: 4096,
  blockEdge: 1024,
  measuredPerformance: true,
  planGraceMs: 3000,
  verify: true,
  slaveMemoryBytes: 2 ** 30,
  uploadLimitBytes: 16 * 2 ** 30,
  matrixAgeHours: 7 * 24,
  matrixQuotaBytes: 100 * 2 ** 30,
  resultAgeHours: 7 * 24,
  resultQuotaBytes: 100 * 2 ** 30,
  operandFolders: [],
  operandUrls: [],
})

export const defaultPorts = Object.freeze({ assign: 7710, combine: 7711, slave: 7712 })

/** The smallest memory a slave can do a work unit in: two tiles and some blocks of the smallest sizes. */
export const leastSlaveMemoryBytes = 16 * 2 ** 20
/** No .npy file is smaller than its header. */
export const leastUploadLimitBytes = 128
/** Less holds no matrices worth a cluster. */
export const leastQuotaBytes = 2 ** 20
