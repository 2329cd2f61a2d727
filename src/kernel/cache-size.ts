/** The size of this machine's L2 cache, where the operating system says it in a file: Linux. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = '/sys/devices/system/cpu/cpu0/cache'

/** In bytes; undefined where it is not said. `path`: of the first core's caches. */
export function l2CacheBytes(path: string = folder): number | undefined {
  try {
    for (const index of readdirSync(path).sort()) {
      if (!index.startsWith('index')) continue
      const say = (what: string) => readFileSync(join(path, index, what), 'utf8').trim()
      if (say('level') !== '2' || say('type') === 'Instruction') continue
      const [, digits, unit] = /^(\d+)([KM])$/.exec(say('size')) ?? []
      return digits === undefined ? undefined : Number(digits) * (unit === 'M' ? 2 ** 20 : 2 ** 10)
    }
  } catch {
    // Another system, or a container that hides it.
  }
  return undefined
}
