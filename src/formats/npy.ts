/**
 * The header of a .npy file, https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 *
 *     0       6     7     8            8+w                    dataOffset
 *     \x93NUMPY major minor length (w)  Python dict, padding \n  data
 *
 * w, the width of the little-endian header length, is 2 bytes in version 1 and 4 in versions 2 and 3.
 */
import { bytesPerElement, type Dtype, dtypes } from '../core/matrix.ts'
import { GemmeshError } from '../errors.ts'
import { type PythonLiteral, parsePythonDict } from './python-literal.ts'

/** What a .npy file is to hold: rows x columns elements, row-major and little-endian. */
export interface NpySpec {
  readonly dtype: Dtype
  readonly rows: number
  readonly columns: number
  /** 1: the shape is said as (rows*columns,); one of rows and columns is 1 then */
  readonly dimensions: 1 | 2
}

export interface NpyHeader extends NpySpec {
  /** as the file says it, of one or two lengths; a vector of n is 1 row of n columns */
  readonly shape: readonly number[]
  /** column-major */
  readonly fortranOrder: boolean
  readonly bigEndian: boolean
  /** where the data begins, bytes from the start of the file */
  readonly dataOffset: number
  readonly dataBytes: number
  readonly version: 1 | 2 | 3
}

/** What the elements are multiplied as, and how many bytes each has in the file. */
export interface ElementType {
  readonly dtype: Dtype
  readonly bytes: number
}

/** A longer header is refused; NumPy's own are 128 bytes, and this holds the longest of version 1. */
const mostHeaderBytes = 64 * 1024
/** Magic, version and the longest length field: so many bytes tell how long the header is. */
const preambleBytes = 12
/** So many bytes from the start of a file hold any header that is accepted. */
export const headerWindowBytes = preambleBytes + mostHeaderBytes
const magic = Uint8Array.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59])
const alignmentBytes = 64
const again = 'Save the array again with numpy.save.'

/**
 * The header that `start`, the first bytes of a file of `fileBytes`, holds. `start` is the whole file or at least
 * `headerWindowBytes` of it. `name` says in messages which file it is.
 *
 * GEMMESH_NPY_INVALID, GEMMESH_DTYPE_UNSUPPORTED or GEMMESH_DIMENSIONS_UNSUPPORTED: what was found, what is wanted.
 * `typeOf` says which types are read, from how NumPy writes them, such as "<f4".
 */
export function parseNpyHeader(
  start: Uint8Array,
  fileBytes: number,
  name: string,
  typeOf = plainType,
): NpyHeader {
  const header = parseNpyStart(start.subarray(0, fileBytes), name, typeOf)
  if (header === undefined) throw endsInHeader(start, fileBytes, name)
  checkFileBytes(header, fileBytes, name)
  return header
}

/**
 * The header of a file of which only `start` is there yet; undefined while more bytes are needed (at most
 * `headerWindowBytes`). The length of the data is not checked: see `checkFileBytes`.
 */
export function parseNpyStart(start: Uint8Array, name: string, typeOf = plainType): NpyHeader | undefined {
  const length = headerLength(start, name)
  if (length === undefined || start.length < length.end) return undefined
  const text = new TextDecoder(length.version === 3 ? 'utf-8' : 'latin1').decode(
    start.subarray(length.begin, length.end),
  )
  const entries = parsePythonDict(text, name)
  const [descr, fortranOrder, shape] = ['descr', 'fortran_order', 'shape'].map(key => entries.get(key))
  if (descr === undefined || fortranOrder === undefined || shape === undefined || entries.size !== 3)
    throw invalid(
      name,
      `the header has the keys ${[...entries.keys()].join(', ') || '(none)'}, wanted descr, fortran_order and shape. ${again}`,
    )
  if (typeof fortranOrder.value !== 'boolean')
    throw invalid(name, `fortran_order is ${fortranOrder.text}, wanted True or False. ${again}`)
  const type = parseDescr(descr.value, descr.text, name, typeOf)
  return {
    ...parseShape(shape.value, shape.text, type, name),
    dtype: type.dtype,
    bigEndian: typeof descr.value === 'string' && descr.value.startsWith('>'),
    fortranOrder: fortranOrder.value,
    dataOffset: length.end,
    version: length.version,
  }
}

/** GEMMESH_NPY_INVALID unless a file with this header has exactly so many bytes. */
export function checkFileBytes(header: NpyHeader, fileBytes: number, name: string): void {
  const found = fileBytes - header.dataOffset
  const difference = found - header.dataBytes
  if (difference === 0) return
  const wrong =
    difference < 0 ? `${-difference} bytes are missing` : `${difference} bytes too many follow the data`
  throw invalid(
    name,
    `has ${found} bytes of data, but its shape ${shapeText(header.shape)} of ${header.dtype} needs ${header.dataBytes}: ${wrong}. The file is cut off, damaged or still being written; copy or save it again.`,
  )
}

/**
 * The bytes before the data in a file that holds `spec`, little-endian, row-major or in Fortran's order; a multiple of 64, and
 * at least `leastBytes`.
 */
export function npyHeaderBytes(spec: NpySpec, fortranOrder = false, leastBytes = 0): Uint8Array {
  const shape = specShape(spec)
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`
  const dict = `{'descr': '${descrs[spec.dtype]}', 'fortran_order': ${fortranOrder ? 'True' : 'False'}, 'shape': ${tuple}, }`
  const neededBytes = Math.max(leastBytes, magic.length + 4 + dict.length + 1)
  const totalBytes = Math.ceil(neededBytes / alignmentBytes) * alignmentBytes
  const header = new Uint8Array(totalBytes).fill(0x20)
  header.set(magic)
  header.set([1, 0], magic.length)
  new DataView(header.buffer).setUint16(8, totalBytes - 10, true)
  new TextEncoder().encodeInto(dict, header.subarray(10))
  header[totalBytes - 1] = 0x0a
  return header
}

/** Bytes of data of `spec`; GEMMESH_OUTPUT_UNWRITABLE where that is no number a file can have. */
export function npyDataBytes({ dtype, rows, columns }: NpySpec): number {
  const bytes = rows * columns * bytesPerElement[dtype]
  if (Number.isSafeInteger(bytes)) return bytes
  throw new GemmeshError(
    'GEMMESH_OUTPUT_UNWRITABLE',
    `A ${rows}x${columns} ${dtype} matrix would have about ${bytes.toExponential(1)} bytes; the limit is ${Number.MAX_SAFE_INTEGER}.`,
  )
}

/** "37x53", "53" */
export const shapeText = (shape: readonly (number | bigint)[]): string => shape.join('x')

const descrs: Readonly<Record<Dtype, string>> = { float32: '<f4', float64: '<f8', int32: '<i4' }

function specShape({ rows, columns, dimensions }: NpySpec): number[] {
  const counts = [rows, columns].every(length => Number.isSafeInteger(length) && length >= 0)
  if (!counts || (dimensions === 1 && rows !== 1 && columns !== 1))
    throw new GemmeshError(
      'GEMMESH_USAGE',
      `A .npy file of ${dimensions} dimension(s) cannot hold ${rows}x${columns} elements.`,
    )
  return dimensions === 1 ? [rows * columns] : [rows, columns]
}

interface HeaderLength {
  version: 1 | 2 | 3
  begin: number
  end: number
}

/** Where the dict lies; undefined while `start` is too short to tell. */
function headerLength(start: Uint8Array, name: string): HeaderLength | undefined {
  const known = Math.min(start.length, magic.length)
  if (start.subarray(0, known).some((byte, index) => byte !== magic[index])) throw wrongMagic(start, name)
  const [major, minor] = start.subarray(magic.length)
  if (major === undefined || minor === undefined) return undefined
  if ((major !== 1 && major !== 2 && major !== 3) || minor !== 0)
    throw invalid(
      name,
      `is of .npy version ${major}.${minor}; 1.0, 2.0 and 3.0 are read. Save it again with numpy.save, or use a newer gemmesh.`,
    )
  const begin = major === 1 ? 10 : preambleBytes
  if (start.length < begin) return undefined
  const view = new DataView(start.buffer, start.byteOffset, start.length)
  const bytes = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true)
  if (bytes > mostHeaderBytes)
    throw invalid(name, `says that its header has ${bytes} bytes; the limit is ${mostHeaderBytes}. ${again}`)
  return { version: major, begin, end: begin + bytes }
}

function parseDescr(
  descr: PythonLiteral,
  text: string,
  name: string,
  typeOf: (descr: string) => ElementType | undefined,
): ElementType {
  const type = typeof descr === 'string' ? typeOf(descr) : undefined
  if (type !== undefined) return type
  const remedy =
    typeof descr === 'string' && /^[<>|=][?biufc]\d+$/.test(descr)
      ? 'Convert it first: a.astype("float32"), a.astype("float64") or a.astype("int32"). (Files of int8, uint8, int16, uint16, bool and float16 are widened when they are uploaded or multiplied on this machine.)'
      : typeof descr === 'string' && descr.includes('O')
        ? 'It holds Python objects (a pickle), which are never read. Convert it first: a.astype("float64").'
        : 'It does not hold plain numbers. Save the numbers by themselves, such as one field of a structured array.'
  throw new GemmeshError(
    'GEMMESH_DTYPE_UNSUPPORTED',
    `${name}: its element type is ${shorten(text)}; float32 (f4), float64 (f8) and int32 (i4), little-endian (<) or big-endian (>), are supported. ${remedy}`,
  )
}

function plainType(descr: string): ElementType | undefined {
  const dtype = dtypes.find(one => descrs[one] === descr.replace('>', '<'))
  return dtype && { dtype, bytes: bytesPerElement[dtype] }
}

function parseShape(value: PythonLiteral, text: string, { dtype, bytes }: ElementType, name: string) {
  const lengths = typeof value === 'object' && value?.kind === 'tuple' ? value.items : undefined
  const counts = lengths?.filter(length => typeof length === 'bigint' && length >= 0n)
  if (lengths === undefined || counts?.length !== lengths.length)
    throw invalid(
      name,
      `its shape is ${shorten(text)}, wanted a tuple of whole numbers such as (2, 3). ${again}`,
    )
  if (lengths.length !== 1 && lengths.length !== 2)
    throw new GemmeshError(
      'GEMMESH_DIMENSIONS_UNSUPPORTED',
      `${name}: its shape ${shorten(text)} has ${lengths.length} dimensions; 1 (a vector) and 2 (a matrix) are supported. Reshape it first: a.reshape(rows, columns).`,
    )
  const shape = lengths.map(Number)
  const [first = 0, second] = shape
  const rows = second === undefined ? 1 : first
  const columns = second ?? first
  const dataBytes = shape.reduce((product, length) => product * length, bytes)
  if (!shape.every(Number.isSafeInteger) || !Number.isSafeInteger(dataBytes))
    throw invalid(
      name,
      `its shape ${shorten(text)} of ${dtype} needs more than ${Number.MAX_SAFE_INTEGER} bytes, which no file has. ${again}`,
    )
  const dimensions: 1 | 2 = second === undefined ? 1 : 2
  return { dimensions, shape, rows, columns, dataBytes }
}

function wrongMagic(start: Uint8Array, name: string): GemmeshError {
  const found = [...start.subarray(0, magic.length)].map(byte => byte.toString(16).padStart(2, '0')).join(' ')
  const zip = start[0] === 0x50 && start[1] === 0x4b
  const remedy = zip
    ? 'It looks like an .npz archive: name it .npz.'
    : 'Is it another kind of file? Save the array with numpy.save.'
  return invalid(name, `begins with ${found}, a .npy file with 93 4e 55 4d 50 59 ("\\x93NUMPY"). ${remedy}`)
}

function endsInHeader(start: Uint8Array, fileBytes: number, name: string): GemmeshError {
  if (fileBytes === 0) return invalid(name, `is empty: not even a header is there. ${again}`)
  const end = headerLength(start, name)?.end ?? preambleBytes
  return invalid(
    name,
    `ends inside its header: it has ${fileBytes} bytes, and its header alone reaches to byte ${end}. The file is cut off or damaged; copy or save it again.`,
  )
}

const invalid = (name: string, message: string): GemmeshError =>
  new GemmeshError('GEMMESH_NPY_INVALID', `${name}: ${message}`)

const shorten = (text: string): string => (text.length > 80 ? `${text.slice(0, 77)}...` : text)
