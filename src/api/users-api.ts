/**
 * The users' HTTP API of master-assign: matrices, jobs, results, cluster. The routes only translate between HTTP and
 * the `UsersService` behind them; shapes and validation stand in schemas.ts.
 */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import {
  ClusterView,
  JobRequest,
  JobView,
  OperandRequest,
  OperandView,
  PlannedJob,
  PlanRequest,
  StoredMatrix,
} from './schemas.ts'

/** What the API needs of the role behind it; every method throws coded errors of errors.ts. */
export interface UsersService {
  matrix(id: string): Promise<StoredMatrix>
  /** What there is at a path or URL that a job may name. */
  locateOperand(operand: OperandRequest): Promise<OperandView>
  /** What a job of such matrices would take, without running it. */
  plan(request: PlanRequest): PlannedJob
  /** A key that came before answers the job that it began. */
  submit(request: JobRequest, key?: string): Promise<JobView>
  jobs(): readonly JobView[]
  job(id: string): JobView
  /** As soon as it has ended, but at most `waitMs` from now. */
  jobWithin(id: string, waitMs: number): Promise<JobView>
  /** Answers when the job has ended for good, cancelled or otherwise. GEMMESH_STORAGE_FULL where that cannot be kept yet. */
  cancel(id: string): Promise<JobView>
  /**
   * Where the result can be had, once the job is done, or a region of it while it runs: an address on master-combine, so that no
   * tile passes here.
   */
  resultLocation(id: string, isRegion: boolean): string
  /** Where the receipt of a job that runs or is done can be had: an address on master-combine. */
  receiptLocation(id: string): string
  cluster(): ClusterView
}

const IdempotencyHeaders = Type.Object({
  'idempotency-key': Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
})
/** `rows=0:512&columns=512:1024` of a result; all of those that are not said. */
const Region = Type.Object({
  rows: Type.Optional(Type.String({ pattern: '^\\d{1,15}:\\d{1,15}$' })),
  columns: Type.Optional(Type.String({ pattern: '^\\d{1,15}:\\d{1,15}$' })),
})
/** Of a job that has not ended, an answer may wait so long for its end: who waits for it need not ask all the time. */
const Wait = Type.Object({ waitMs: Type.Optional(Type.String({ pattern: '^(1000|\\d{1,3})$' })) })
const ById = Type.Object({ id: Type.String({ maxLength: 128 }) })

export async function usersApi(instance: FastifyInstance, options: { service: UsersService }): Promise<void> {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>()
  const { service } = options

  app.get('/v1/matrices/:id', { schema: { params: ById, response: { 200: StoredMatrix } } }, request =>
    service.matrix(request.params.id),
  )

  app.post('/v1/operands', { schema: { body: OperandRequest, response: { 200: OperandView } } }, request =>
    service.locateOperand(request.body),
  )

  app.post(
    '/v1/jobs',
    { schema: { body: JobRequest, headers: IdempotencyHeaders, response: { 202: JobView } } },
    async (request, reply) => {
      const job = await service.submit(request.body, request.headers['idempotency-key'])
      return reply.code(202).header('location', `/v1/jobs/${job.id}`).send(job)
    },
  )

  app.post('/v1/plans', { schema: { body: PlanRequest, response: { 200: PlannedJob } } }, async request =>
    service.plan(request.body),
  )

  app.get('/v1/jobs', { schema: { response: { 200: Type.Array(JobView) } } }, async () => [...service.jobs()])

  app.get(
    '/v1/jobs/:id',
    { schema: { params: ById, querystring: Wait, response: { 200: JobView } } },
    async request => service.jobWithin(request.params.id, Number(request.query.waitMs ?? 0)),
  )

  app.delete('/v1/jobs/:id', { schema: { params: ById, response: { 200: JobView } } }, async request =>
    service.cancel(request.params.id),
  )

  app.get(
    '/v1/jobs/:id/result',
    { schema: { params: ById, querystring: Region } },
    async (request, reply) => {
      const [, query] = request.url.split('?')
      const location = service.resultLocation(request.params.id, query !== undefined)
      return reply.redirect(query === undefined ? location : `${location}?${query}`, 307)
    },
  )

  app.delete('/v1/jobs/:id/result', { schema: { params: ById } }, async (request, reply) =>
    reply.redirect(service.resultLocation(request.params.id, false), 307),
  )

  app.get('/v1/jobs/:id/receipt', { schema: { params: ById } }, async (request, reply) =>
    reply.redirect(service.receiptLocation(request.params.id), 307),
  )

  app.get('/v1/cluster', { schema: { response: { 200: ClusterView } } }, async () => service.cluster())
}
