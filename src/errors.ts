/**
 * Every error gemmesh reports on purpose: its code is a tested public interface; match codes, not classes.
 *
 * `status` is the HTTP status it travels with, `exit` the exit code of the CLI (see `exitCodes`), `retryable`
 * whether the same request may succeed later. docs/ERRORS.md lists this table; a test compares both ways.
 */
export const exitCodes = {
  done: 0,
  jobFailed: 1,
  usage: 2,
  unreachable: 3,
  verification: 4,
  interrupted: 130,
} as const

export interface ErrorKind {
  readonly status: number
  readonly exit: number
  readonly retryable: boolean
  readonly summary: string
}

const kind = (status: number, exit: number, retryable: boolean, summary: string): ErrorKind => ({
  status,
  exit,
  retryable,
  summary,
})
const { jobFailed, usage, unreachable, verification, interrupted } = exitCodes

export const errorTable = {
  GEMMESH_USAGE: kind(
    400,
    usage,
    false,
    'An argument or option is not one that the command or function takes.',
  ),
  GEMMESH_CONFIG_INVALID: kind(
    400,
    usage,
    false,
    'The configuration file has faults; all of them are listed.',
  ),
  GEMMESH_CONFIG_UNREADABLE: kind(400, usage, false, 'The configuration file cannot be read or is not JSON.'),
  GEMMESH_NODE_UNKNOWN: kind(
    400,
    usage,
    false,
    'This node is not in the configuration, or stands there more than once.',
  ),
  GEMMESH_MODE_CONFLICT: kind(400, usage, false, 'The mode asked for contradicts the configuration.'),
  GEMMESH_PORT_TAKEN: kind(
    500,
    usage,
    false,
    'The address a node has to bind is taken or is not on this machine.',
  ),
  GEMMESH_FILE_UNREADABLE: kind(400, usage, false, 'An input file is missing or cannot be read.'),
  GEMMESH_OUTPUT_UNWRITABLE: kind(
    400,
    usage,
    false,
    'The output file cannot be written where it was asked for.',
  ),
  GEMMESH_NPY_INVALID: kind(422, usage, false, 'The file is not a valid .npy file.'),
  GEMMESH_FORMAT_INVALID: kind(
    422,
    usage,
    false,
    'The .npz archive, Matrix Market or CSV file is not valid; the message says where.',
  ),
  GEMMESH_DTYPE_UNSUPPORTED: kind(422, usage, false, 'The element type is not one that gemmesh multiplies.'),
  GEMMESH_DTYPE_MISMATCH: kind(422, usage, false, 'The operands of a job differ in element type.'),
  GEMMESH_DIMENSIONS_UNSUPPORTED: kind(422, usage, false, 'The array does not have one or two dimensions.'),
  GEMMESH_SHAPE_MISMATCH: kind(422, usage, false, 'The shapes of the operands do not fit together.'),
  GEMMESH_MEMORY_EXCEEDED: kind(
    413,
    usage,
    false,
    'The operands do not fit into the memory that is set aside.',
  ),
  GEMMESH_STORAGE_FULL: kind(507, jobFailed, true, 'The disk or the quota is full; what is written is kept.'),
  GEMMESH_STORAGE_FAILED: kind(
    500,
    jobFailed,
    false,
    'The disk failed while it took what must not be lost; the node ends, and knows more when it starts again.',
  ),
  GEMMESH_JOURNAL_DAMAGED: kind(
    500,
    usage,
    false,
    'The journal of a master is not what it wrote; the node does not start on it.',
  ),
  GEMMESH_DATA_LOCKED: kind(500, usage, false, 'Another process is at work in the data folder.'),
  GEMMESH_UPLOAD_TOO_LARGE: kind(
    413,
    usage,
    false,
    'The matrix file is longer than the limit of the master.',
  ),
  GEMMESH_UPLOAD_UNKNOWN: kind(404, usage, false, 'There is no such upload to go on with.'),
  GEMMESH_UPLOAD_OFFSET: kind(
    409,
    usage,
    true,
    'The bytes do not begin where the upload is; ask how far it is, and go on there.',
  ),
  GEMMESH_PROCESSOR_REJECTED: kind(500, jobFailed, false, 'A processor failed its digest or its self-test.'),
  GEMMESH_MATRIX_UNKNOWN: kind(404, usage, false, 'No matrix is stored under this id.'),
  GEMMESH_OPERAND_REFUSED: kind(
    403,
    usage,
    false,
    'The file or URL of an operand is not one that the configuration allows.',
  ),
  GEMMESH_OPERAND_UNREADABLE: kind(
    422,
    usage,
    false,
    'An operand cannot be read by its path or URL; the message says why.',
  ),
  GEMMESH_OPERAND_CHANGED: kind(
    409,
    jobFailed,
    false,
    'The file or URL of an operand changed while a job used it.',
  ),
  GEMMESH_BLOCK_AWAITED: kind(
    503,
    jobFailed,
    true,
    'A slave is still waiting for the block it was asked for.',
  ),
  GEMMESH_BLOCK_UNKNOWN: kind(404, jobFailed, true, 'A slave does not have the block it was asked for.'),
  GEMMESH_JOB_UNKNOWN: kind(404, usage, false, 'No job has this id.'),
  GEMMESH_JOB_UNFINISHED: kind(409, jobFailed, true, 'The job has no result yet.'),
  GEMMESH_JOB_FAILED: kind(500, jobFailed, false, 'The job failed; the message holds the evidence.'),
  GEMMESH_JOB_CANCELLED: kind(409, jobFailed, false, 'The job was cancelled.'),
  GEMMESH_MASTER_UNREACHABLE: kind(503, unreachable, true, 'The master does not answer at its address.'),
  GEMMESH_NODE_UNREACHABLE: kind(503, unreachable, true, 'A node does not answer at its address.'),
  GEMMESH_NODE_REFUSED: kind(
    403,
    unreachable,
    false,
    'A node that is not in the configuration tried to register.',
  ),
  GEMMESH_PROTOCOL_MISMATCH: kind(
    426,
    unreachable,
    false,
    'Two nodes speak different versions of the protocol.',
  ),
  GEMMESH_MESSAGE_INVALID: kind(
    400,
    jobFailed,
    false,
    'A message between nodes does not follow the schema or its limits.',
  ),
  GEMMESH_ROUTE_UNKNOWN: kind(404, usage, false, 'A node does not answer at this path.'),
  GEMMESH_TRANSFER_CORRUPT: kind(
    422,
    jobFailed,
    true,
    'A message, block or tile arrived damaged, short or long.',
  ),
  GEMMESH_TILE_OVERTAKEN: kind(
    409,
    jobFailed,
    false,
    'A newer attempt at the same work unit sends its tile; this one is wanted no more.',
  ),
  GEMMESH_TILE_REFUSED: kind(
    409,
    verification,
    false,
    'A tile overlaps what is placed, or is not one of the job.',
  ),
  GEMMESH_TILE_WRONG: kind(
    409,
    verification,
    false,
    'A tile failed its check: it is not the product that its work unit asks for.',
  ),
  GEMMESH_UNIT_FAILED: kind(500, jobFailed, true, 'A work unit failed on a slave.'),
  GEMMESH_BUSY: kind(503, unreachable, true, 'The queue is full; try again after the time that is said.'),
  GEMMESH_VERIFICATION_FAILED: kind(
    500,
    verification,
    false,
    'A result is not what its check says it has to be.',
  ),
  GEMMESH_INTERRUPTED: kind(499, interrupted, false, 'The command was interrupted.'),
  GEMMESH_INTERNAL: kind(500, jobFailed, false, 'A fault of gemmesh itself; please report it.'),
} as const satisfies Record<string, ErrorKind>

export type ErrorCode = keyof typeof errorTable

export const isErrorCode = (code: unknown): code is ErrorCode =>
  typeof code === 'string' && Object.hasOwn(errorTable, code)

/** An error with a code of `errorTable`. The message says the actual figure, the limit and the remedy. */
export class GemmeshError extends Error {
  override readonly name = 'GemmeshError'
  readonly code: ErrorCode
  /** Each fault by itself, where one error reports many. */
  readonly faults: readonly string[]

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; faults?: readonly string[] } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : {})
    this.code = code
    this.faults = options.faults ?? []
  }

  get kind(): ErrorKind {
    return errorTable[this.code]
  }
}

/** The error as GemmeshError: itself, or GEMMESH_INTERNAL around whatever was thrown. */
export function asGemmeshError(error: unknown): GemmeshError {
  if (error instanceof GemmeshError) return error
  return new GemmeshError('GEMMESH_INTERNAL', error instanceof Error ? error.message : String(error), {
    cause: error,
  })
}
