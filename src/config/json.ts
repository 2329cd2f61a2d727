import { GemmeshError } from '../errors.ts'

// One JSON token after white space: punctuation, a string, or a number or literal (RFC 8259).
const token =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: JSON strings may not hold control characters
  /[ \t\n\r]*(?:([{}[\]:,])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null))/y

/** `text` as a JSON value, or GEMMESH_CONFIG_UNREADABLE with the line and column of the first fault. */
export function parseJson(text: string, name: string): unknown {
  // Some editors begin a file with a byte order mark, which is no JSON.
  const json = text.startsWith('\uFEFF') ? text.slice(1) : text
  const fault = findFault(json)
  if (fault === undefined) return JSON.parse(json)
  const before = json.slice(0, fault.offset).split('\n')
  const line = before.length
  const column = (before.at(-1)?.length ?? 0) + 1
  throw new GemmeshError(
    'GEMMESH_CONFIG_UNREADABLE',
    `${name}:${line}:${column}: not JSON: found ${fault.found}, wanted ${fault.wanted}.`,
  )
}

interface Fault {
  offset: number
  found: string
  wanted: string
}
type State = 'value' | 'first value or ]' | 'first key or }' | 'key' | 'colon' | 'comma or end'

const wantedText: Record<State, string> = {
  value: 'a value',
  'first value or ]': 'a value or "]"',
  'first key or }': 'a key in double quotes or "}"',
  key: 'a key in double quotes',
  colon: '":"',
  'comma or end': '"," or the end of the list or object',
}

/**
 * The first place where `text` stops being JSON, or says a key twice. JSON.parse keeps the last of two equal keys in
 * silence and tells the position of some faults only, so it cannot say this.
 */
function findFault(text: string): Fault | undefined {
  const open: (Set<string> | 'list')[] = []
  let state: State = 'value'
  token.lastIndex = 0
  while (open.length > 0 || state !== 'comma or end') {
    const start = skipSpace(text, token.lastIndex)
    const [, sign, string, scalar] = token.exec(text) ?? []
    const part = sign ?? string ?? scalar
    if (part === undefined) return { offset: start, found: foundText(text, start), wanted: wantedText[state] }
    const inside = open.at(-1)
    const object = inside instanceof Set ? inside : undefined

    if (string !== undefined && (state === 'key' || state === 'first key or }')) {
      const key: unknown = JSON.parse(string)
      if (object?.has(String(key)))
        return { offset: start, found: `the key ${string} again`, wanted: 'each key once' }
      object?.add(String(key))
      state = 'colon'
    } else if (part === ':' && state === 'colon') state = 'value'
    else if (part === ',' && state === 'comma or end' && inside !== undefined)
      state = object ? 'key' : 'value'
    else if (closes(part, state, inside)) {
      open.pop()
      state = 'comma or end'
    } else if (state !== 'value' && state !== 'first value or ]')
      return { offset: start, found: foundText(text, start), wanted: wantedText[state] }
    else if (part === '{') {
      open.push(new Set())
      state = 'first key or }'
    } else if (part === '[') {
      open.push('list')
      state = 'first value or ]'
    } else if (sign === undefined) state = 'comma or end'
    else return { offset: start, found: foundText(text, start), wanted: wantedText[state] }
  }
  const rest = skipSpace(text, token.lastIndex)
  return rest < text.length
    ? { offset: rest, found: foundText(text, rest), wanted: 'the end of the file' }
    : undefined
}

function closes(part: string, state: State, inside: Set<string> | 'list' | undefined): boolean {
  if (part === '}') return inside instanceof Set && (state === 'comma or end' || state === 'first key or }')
  return part === ']' && inside === 'list' && (state === 'comma or end' || state === 'first value or ]')
}

const skipSpace = (text: string, from: number): number => {
  let at = from
  while (at < text.length && ' \t\n\r'.includes(text.charAt(at))) at++
  return at
}

const foundText = (text: string, offset: number): string =>
  offset >= text.length
    ? 'the end of the file'
    : JSON.stringify(/^[^\s,:[\]{}]{1,30}|./u.exec(text.slice(offset))?.[0])
