import { GemmeshError } from '../errors.ts'

/** What the header of a .npy file is made of. Integers are bigint, so that none is too large to say. */
export type PythonLiteral =
  | string
  | bigint
  | boolean
  | null
  | { readonly kind: 'tuple' | 'list'; readonly items: readonly PythonLiteral[] }

export interface PythonEntry {
  readonly value: PythonLiteral
  /** as the file spells it */
  readonly text: string
}

const deepest = 8

/**
 * The entries of a dict literal such as `{'descr': '<f8', 'shape': (2, 3), }`, with strings for keys, each key once.
 * Nothing is evaluated: strings, whole numbers, True, False, None, tuples and lists are all it knows. `name` is the
 * file's, for messages; GEMMESH_NPY_INVALID says where the literal stops being one.
 */
export function parsePythonDict(text: string, name: string): ReadonlyMap<string, PythonEntry> {
  let at = 0

  const fail = (wanted: string): GemmeshError => {
    const found = at < text.length ? JSON.stringify(text.slice(at, at + 20)) : 'its end'
    return new GemmeshError(
      'GEMMESH_NPY_INVALID',
      `${name}: the header is not a Python dict: found ${found} at character ${at}, wanted ${wanted}. Save the array again with numpy.save.`,
    )
  }
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    const found = pattern.exec(text)
    if (found !== null) at = pattern.lastIndex
    return found
  }
  const skipSpace = () => match(/[ \t\r\n\f]*/y)
  /** Whether `sign` comes next; it is then passed, with the space around it. */
  const take = (sign: string): boolean => {
    skipSpace()
    if (text[at] !== sign) return false
    at++
    skipSpace()
    return true
  }

  const string = (): string | undefined => {
    // Neither dtype nor key needs an escape; a backslash is refused rather than understood half.
    const found = match(/'([^'\\\r\n]*)'|"([^"\\\r\n]*)"/y)
    return found === null ? undefined : (found[1] ?? found[2])
  }

  const literal = (depth: number): PythonLiteral => {
    if (depth > deepest) throw fail(`at most ${deepest} levels of lists`)
    skipSpace()
    const quoted = string()
    if (quoted !== undefined) return quoted
    // Python 2 wrote long integers with an L.
    const integer = match(/(-?\d{1,40})L?(?![\w.])/y)?.[1]
    if (integer !== undefined) return BigInt(integer)
    const word = match(/(True|False|None)(?!\w)/y)?.[1]
    if (word !== undefined) return word === 'None' ? null : word === 'True'
    if (take('(')) return sequence('tuple', ')', depth)
    if (take('[')) return sequence('list', ']', depth)
    throw fail('a string, a whole number, True, False, None, a tuple or a list')
  }

  const sequence = (kind: 'tuple' | 'list', end: string, depth: number): PythonLiteral => {
    const items: PythonLiteral[] = []
    while (!take(end)) {
      items.push(literal(depth + 1))
      if (take(',')) continue
      if (!take(end)) throw fail(`"," or "${end}"`)
      // (3) is the number 3 in Python; only (3,) is a tuple.
      const [only] = items
      return kind === 'tuple' && items.length === 1 && only !== undefined ? only : { kind, items }
    }
    return { kind, items }
  }

  const entries = new Map<string, PythonEntry>()
  if (!take('{')) throw fail('"{"')
  while (!take('}')) {
    const key = string()
    if (key === undefined) throw fail('a key in quotes')
    if (entries.has(key)) throw fail(`each key once, not "${key}" again`)
    if (!take(':')) throw fail('":"')
    const start = at
    const value = literal(0)
    entries.set(key, { value, text: text.slice(start, at).trim() })
    if (take(',')) continue
    if (take('}')) break
    throw fail('"," or "}"')
  }
  if (at < text.length) throw fail('nothing after "}"')
  return entries
}
