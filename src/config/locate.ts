/** Where a value stands in the text of a JSON file, so that it can be replaced and the rest stays as people wrote it. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** One token after white space: punctuation, a string, or a number or literal. */
const token = /[ \t\n\r]*([{}[\]:,]|"(?:[^"\\]|\\.)*"|[^\s{}[\]:,"]+)/y

/** The place of the value that `path` leads to in `text`, which has to be JSON; undefined where there is none. */
export function locateValue(text: string, path: readonly (string | number)[]): Span | undefined {
  let at = text.startsWith('\uFEFF') ? 1 : 0
  let found: Span | undefined

  const next = (): { readonly part: string; readonly start: number } => {
    token.lastIndex = at
    const part = token.exec(text)?.[1] ?? ''
    at = token.lastIndex
    return { part, start: at - part.length }
  }
  /** Passes the members of an object or list; `step` is what the path says of it. */
  const passMembers = (isObject: boolean, rest: readonly (string | number)[] | undefined): void => {
    for (let index = 0; ; index++) {
      const before = at
      const { part } = next()
      if (part === '}' || part === ']' || part === '') return
      if (!isObject) at = before
      else next() // the colon
      const key = isObject ? JSON.parse(part) : index
      const [wanted, ...further] = rest ?? []
      pass(wanted === key ? further : undefined)
      if (next().part !== ',') return
    }
  }
  /** Passes one value; `rest` is what is left of the path where the value is on it. */
  const pass = (rest: readonly (string | number)[] | undefined): void => {
    const { part, start } = next()
    if (part === '{' || part === '[') passMembers(part === '{', rest)
    if (rest?.length === 0) found = { start, end: at }
  }
  pass(path)
  return found
}
