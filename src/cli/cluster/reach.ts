/** A connection to master-assign; where there is none, how to start one. */
import { type Cluster, connect, type PatienceOptions } from '../../client/index.ts'
import { asGemmeshError, GemmeshError } from '../../errors.ts'

export interface Master {
  readonly origin: string
  /** The command that starts it, where that is known. */
  readonly start?: string
}

/** GEMMESH_MASTER_UNREACHABLE within seconds, with the command that would have helped; `patience` is for what comes then. */
export async function reach(master: Master, patience: PatienceOptions): Promise<Cluster> {
  try {
    return await connect(master.origin, patience)
  } catch (thrown) {
    const error = asGemmeshError(thrown)
    if (error.code !== 'GEMMESH_MASTER_UNREACHABLE' || master.start === undefined) throw error
    throw new GemmeshError(
      'GEMMESH_MASTER_UNREACHABLE',
      `master-assign does not answer at ${master.origin} (${reasonOf(error)}). Start it on its machine: ${master.start}`,
      { cause: error },
    )
  }
}

/** Why an address does not answer, such as `connect ECONNREFUSED 10.0.0.1:7710`, out of the client's message. */
export const reasonOf = ({ message }: Error): string => /(?<=\().*(?=\)\. )/.exec(message)?.[0] ?? message
