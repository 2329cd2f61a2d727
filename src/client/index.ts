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
  OperandRequest,
  OperandView,
  PlannedJob,
  PlanRequest,
  Semiring,
  StoredMatrix,
} from '../api/schemas.ts'
import { asNpyFile } from '../formats/npy-file.ts'
import { MasterHttp } from './http.ts'
import { Job } from './job.ts'
import type { PatienceOptions } from './patience.ts'
import { referenceTo } from './reference.ts'
import { uploadNpy } from './upload.ts'

export type { Receipt } from '../api/schemas/receipt.ts'
export type {
  ClusterView,
  Health,
  JobRequest,
  JobState,
  JobView,
  OperandRequest,
  OperandView,
  PlannedJob,
  PlanRequest,
  PlanView,
  PredictionView,
  Semiring,
  StoredMatrix,
} from '../api/schemas.ts'
export { Job } from './job.ts'
export type { PatienceOptions, Waiting } from './patience.ts'

export interface UploadOptions {
  /** Of the elements of a text file. Default: int32 for whole numbers of Matrix Market, float64 for all else. */
  dtype?: StoredMatrix['dtype']
  /** Send the file also where the master could read it at its place. */
  upload?: boolean
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
  /** Check each tile against the operands before it is placed; as the cluster is configured by default. */
  verify?: boolean
  /** Send the files also where the master could read them at their places. */
  upload?: boolean
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

  /**
   * A matrix as `submit` takes it: a URL as it is; a file by its path where the master reads it at its place (`operand-folders`
   * of the configuration) and it is the same file there; any other file is uploaded.
   */
  async operand(file: string, options: UploadOptions = {}): Promise<OperandRequest> {
    if (/^https?:\/\//i.test(file)) return { url: file }
    const reference = options.upload === true ? undefined : await referenceTo(this.#http, file)
    return reference ?? (await this.upload(file, options)).id
  }

  /** A matrix that was uploaded. GEMMESH_MATRIX_UNKNOWN. */
  matrix(id: string): Promise<StoredMatrix> {
    return this.#http.patiently(() => this.#http.json('GET', `/v1/matrices/${id}`))
  }

  /** What the master finds at a URL or path. GEMMESH_OPERAND_REFUSED, GEMMESH_OPERAND_UNREADABLE. */
  locate(operand: OperandRequest): Promise<OperandView> {
    return this.#http.patiently(() => this.#http.json('POST', '/v1/operands', operand))
  }

  /** Submits a job. The key makes of all tries one job: also where an answer is lost, or master-assign is started anew meanwhile. */
  async submit(request: JobRequest, key: string = randomUUID()): Promise<Job> {
    const view = await this.#http.patiently(() =>
      this.#http.json<JobView>('POST', '/v1/jobs', request, { 'idempotency-key': key }),
    )
    return new Job(view.id, this.#http)
  }

  /** What a job of matrices of these shapes would take: who computes what, what moves, how long; nothing runs. */
  plan(request: PlanRequest): Promise<PlannedJob> {
    return this.#http.json('POST', '/v1/plans', request)
  }

  /** C = alpha*op(A)*op(B) + beta*C of two (or, with `add`, three) matrix files or URLs of .npy files. */
  async multiply(a: string, b: string, options: MultiplyOptions = {}): Promise<Job> {
    const { add, upload = false, ...gemm } = options
    const operand = (file: string) => this.operand(file, { upload })
    return this.submit({
      operation: 'gemm',
      a: await operand(a),
      b: await operand(b),
      ...(add !== undefined && { c: await operand(add) }),
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

/**
 * What waits for a job, a result or an upload rides out masters that are away for a while, and started again: `patienceMs` says
 * for how long.
 */
export interface ConnectOptions extends PatienceOptions {
  /** How long the master may take to answer, in ms; 5000 by default. */
  readonly answerMs?: number
}

/** A cluster by the address of its master-assign, or GEMMESH_MASTER_UNREACHABLE within seconds. */
export async function connect(origin: string, options: ConnectOptions = {}): Promise<Cluster> {
  const http = new MasterHttp(origin, options)
  try {
    await http.health(options.answerMs)
  } catch (error) {
    await http.close()
    throw error
  }
  return new Cluster(http)
}
