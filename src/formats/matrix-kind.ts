/** What kind of matrix file some bytes are: by what they begin with, then by what is said of them. */
import { extname } from 'node:path'

/** What names and media types say; a .npy file says itself whether its elements are narrow. */
export type SaidKind = 'npy' | 'npz' | 'matrix-market' | 'csv'
export type MatrixKind = SaidKind | 'narrow-npy'

/** So many bytes from the start tell. */
export const kindWindowBytes = 512

/** Those of narrow-npy.ts. */
const narrowType = /^'[|<>=](?:b1|[iu][12]|f2)'$/
const magics: readonly (readonly [magic: string, kind: MatrixKind])[] = [
  ['\x93NUMPY', 'npy'],
  ['PK\x03\x04', 'npz'],
  ['PK\x05\x06', 'npz'],
]

const extensions: ReadonlyMap<string, SaidKind> = new Map([
  ['.npy', 'npy'],
  ['.npz', 'npz'],
  ['.mtx', 'matrix-market'],
  ['.csv', 'csv'],
  ['.tsv', 'csv'],
  ['.txt', 'csv'],
])

const mediaTypes: ReadonlyMap<string, SaidKind> = new Map([
  ['text/csv', 'csv'],
  ['text/tab-separated-values', 'csv'],
  ['application/zip', 'npz'],
  ['application/x-npz', 'npz'],
  ['application/x-npy', 'npy'],
  ['text/x-matrix-market', 'matrix-market'],
])

/** What the name of a file says of it, if anything. */
export const kindByName = (path: string): SaidKind | undefined => extensions.get(extname(path).toLowerCase())

/** What a Content-Type says, if anything: application/octet-stream does not. */
export const kindByMediaType = (type: string): SaidKind | undefined =>
  mediaTypes.get((type.split(';')[0] ?? '').trim().toLowerCase())

/**
 * The kind of a file that begins with `start`: `kindWindowBytes` of it, or, where `isWhole`, all there are; undefined while
 * more bytes are needed. What is none of them is `npy`, whose reader says what is wrong with it.
 */
export function kindOf(start: Uint8Array, isWhole: boolean, said?: SaidKind): MatrixKind | undefined {
  const text = Buffer.from(start.subarray(0, kindWindowBytes)).toString('latin1')
  const found = magics.find(([magic]) => text.startsWith(magic))
  if (found?.[1] === 'npy') return npyKind(text, isWhole)
  if (found !== undefined) return found[1]
  if (!isWhole && magics.some(([magic]) => magic.startsWith(text))) return undefined
  if (!/^[\t\n\r\x20-\x7e]*$/.test(text)) return said ?? 'npy'
  if (!isWhole && text.length < kindWindowBytes) return undefined
  if (/^%%MatrixMarket/i.test(text)) return 'matrix-market'
  return said ?? (text.trim() === '' ? 'npy' : 'csv')
}

/** A header in which the type does not come first is left to the reader of .npy files. */
function npyKind(text: string, isWhole: boolean): MatrixKind | undefined {
  const [, type] = /'descr'\s*:\s*(\S[^,]*),/.exec(text) ?? []
  if (type === undefined && !isWhole && text.length < kindWindowBytes) return undefined
  return type !== undefined && narrowType.test(type) ? 'narrow-npy' : 'npy'
}
