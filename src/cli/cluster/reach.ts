/** A connection to master-assign; where there is none, how to start one. */
import { type Cluster, connect } from '../../client/index.ts'
import { asGemmeshError, GemmeshError } from '../../errors.ts'

export interface Master {
  readonly origin: string
  /** The command that starts it, where that is known. */
  readonly start?: string
}

/** GEMMESH_MASTER_UNREACHABLE within seconds, with the command that would have helped. */
export async function reach(master: Master): Promise<Cluster> {
  try {
    return await connect(master.origin)
  } catch (thrown) {
    const error = asGemmeshError(thrown)
    if (error.code !== 'GEMMESH_MASTER_UNREACHABLE' || master.start === undefined) throw error
    const [reason] = /(?<=\().*(?=\)\. )/.exec(error.message) ?? ['it does not answer']
    throw new GemmeshError(
      'GEMMESH_MASTER_UNREACHABLE',
      `master-assign does not answer at ${master.origin} (${reason}). Start it on its machine: ${master.start}`,
      { cause: error },
    )
  }
}
