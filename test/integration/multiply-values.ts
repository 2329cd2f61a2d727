import { join } from 'node:path'
import type { Cluster, MultiplyOptions } from '../../src/client/index.ts'
import { load, save, type Values } from './matrices.ts'

/** Multiplies files of these values on the cluster; the files lie in `folder`. */
export const valuesMultiplier =
  (client: Cluster, folder: string) =>
  async (a: Values, b: Values, options: MultiplyOptions & { added?: Values } = {}) => {
    const path = (name: string) => join(folder, name)
    const { added, ...rest } = options
    const job = await client.multiply(await save(path('a.npy'), a), await save(path('b.npy'), b), {
      ...rest,
      ...(added === undefined ? {} : { add: await save(path('c0.npy'), added) }),
    })
    const view = await job.done()
    await job.save(path('c.npy'))
    return { view, c: await load(path('c.npy')) }
  }
