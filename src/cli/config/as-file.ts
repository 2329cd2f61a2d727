import type { Cluster } from '../../config.ts'

/** The cluster in the file's own form, so that what is printed can be saved and used. */
export function asFile({ assign, combine, slaves, options }: Cluster): object {
  // slaveMemoryBytes stands in the file as slave-memory: there a unit can be written behind the number.
  const hyphenated = (name: string) =>
    name.replace(/Bytes$/, '').replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)
  return {
    'master-assign': assign,
    'master-combine': combine,
    slaves,
    options: Object.fromEntries(Object.entries(options).map(([name, value]) => [hyphenated(name), value])),
  }
}
