/**
 * A cluster from TypeScript: `connect` to its master-assign, submit jobs, follow them, save results.
 *
 *     const cluster = await connect('http://10.0.0.1:7710')
 *     const job = await cluster.multiply('A.npy', 'B.npy')
 *     for await (const view of job.progress()) console.log(view.unitsPlaced, view.gflops)
 *     await job.save('C.npy')
 */
import { randomUUID } from 'node:crypto'
import type {
  ClusterView,
  Health,
  JobRequest,
  JobView,
  PlannedJob,
  PlanRequest,
  Semiring,
  StoredMatrix,
} from '../api/schemas.ts'
import { asNpyFile } from '../formats/npy-file.ts'
import { MasterHttp } from './http.ts'
import { Job } from './job.ts'
import { uploadNpy } from './upload.ts'

export type {
  ClusterView,
  Health,
  JobRequest,
  JobState,
  JobView,
  PlannedJob,
  PlanRequest,
  PlanView,
  PredictionView,
  Semiring,
  StoredMatrix,
} from '../api/schemas.ts'
export { Job } from './job.ts'

export interface UploadOptions {
  /** Of the elements of a text file. Default: int32 for whole numbers of Matrix Market, float64 for all else. */
  dtype?: StoredMatrix['dtype']
  /** Called as bytes leave, with the sum so far and the file's size. */
  onProgress?: (sentBytes: number, totalBytes: number) => void
}

export interface MultiplyOptions {
  transA?: boolean
  transB?: boolean
  alpha?: number
  /** The matrix file that `beta` times is added. */
  add?: string
  beta?: number
  /** Jobs of a higher one go first; 0 by default, -100 to 100. */
  priority?: number
  /** What stands for addition and multiplication; plus-times by default. Others have no alpha, and beta 0 or 1. */
  semiring?: Semiring
  /** The same bits as everywhere: on any slaves, however the work is cut, and on one machine. Slower. */
  reproducible?: boolean
}

export class Cluster {
  readonly #http: MasterHttp

  constructor(http: MasterHttp) {
    this.#http = http
  }

  /**
   * Streams a matrix file to the master: .npy, or `archive.npz:member`, Matrix Market or CSV, which are converted here before.
   * An upload whose connection is cut goes on where it was.
   * The same content is stored once, whatever its file's name.
   */
  async upload(file: string, options: UploadOptions = {}): Promise<StoredMatrix> {
    await using npy = await asNpyFile(file, options.dtype && { dtype: options.dtype })
    return await uploadNpy(this.#http, npy.path, { onProgress: options.onProgress })
  }

  /** Submits a job; sending the same request again after a lost answer does not start a second one. */
  async submit(request: JobRequest, key: string = randomUUID()): Promise<Job> {
    const view = await this.#http.json<JobView>('POST', '/v1/jobs', request, { 'idempotency-key': key })
    return new Job(view.id, this.#http)
  }

  /** What a job of matrices of these shapes would take: who computes what, what moves, how long; nothing runs. */
  plan(request: PlanRequest): Promise<PlannedJob> {
    return this.#http.json('POST', '/v1/plans', request)
  }

  /** C = alpha*op(A)*op(B) + beta*C of two (or, with `add`, three) matrix files. */
  async multiply(a: string, b: string, options: MultiplyOptions = {}): Promise<Job> {
    const { add, ...gemm } = options
    const [storedA, storedB, storedC] = [
      await this.upload(a),
      await this.upload(b),
      add === undefined ? undefined : await this.upload(add),
    ]
    return this.submit({
      operation: 'gemm',
      a: storedA.id,
      b: storedB.id,
      ...(storedC ? { c: storedC.id } : {}),
      ...gemm,
    })
  }

  jobs(): Promise<JobView[]> {
    return this.#http.json('GET', '/v1/jobs')
  }

  job(id: string): Job {
    return new Job(id, this.#http)
  }

  info(): Promise<ClusterView> {
    return this.#http.json('GET', '/v1/cluster')
  }

  close(): Promise<void> {
    return this.#http.close()
  }
}

/** Health of any node, by its origin: who it is and what bytes went through it. */
export async function health(origin: string): Promise<Health> {
  const http = new MasterHttp(origin)
  try {
    return await http.health()
  } finally {
    await http.close()
  }
}

export interface ConnectOptions {
  /** How long the master may take to answer, in ms; 5000 by default. */
  readonly answerMs?: number
}

/** A cluster by the address of its master-assign, or GEMMESH_MASTER_UNREACHABLE within seconds. */
export async function connect(origin: string, options: ConnectOptions = {}): Promise<Cluster> {
  const http = new MasterHttp(origin)
  try {
    await http.health(options.answerMs)
  } catch (error) {
    await http.close()
    throw error
  }
  return new Cluster(http)
}
