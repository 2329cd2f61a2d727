import type { Cluster, JobView } from '../../client/index.ts'
import { GemmeshError } from '../../errors.ts'

/** By its id, or the beginning of it where no other job's begins so. */
export async function findJob(cluster: Cluster, idOrBeginning: string): Promise<JobView> {
  if (idOrBeginning === '')
    throw new GemmeshError('GEMMESH_USAGE', 'the id of the job is empty: gemmesh jobs lists those there are.')
  const jobs = await cluster.jobs()
  const found = jobs.filter(({ id }) => id.startsWith(idOrBeginning))
  const [first, second] = found
  if (first !== undefined && second === undefined) return first
  if (first !== undefined)
    throw new GemmeshError(
      'GEMMESH_USAGE',
      `${found.length} jobs have an id that begins with ${idOrBeginning}: ${found.map(({ id }) => id).join(', ')}. Give more of it.`,
    )
  return cluster.job(idOrBeginning).status() // which says that there is none
}
