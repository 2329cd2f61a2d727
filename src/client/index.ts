/** A cluster from TypeScript: `connect` to its master-assign, submit jobs, follow them, save results. */
export type { ClusterView, JobRequest, JobView, StoredMatrix } from '../api/schemas.ts'
