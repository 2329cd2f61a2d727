/** GEMMESH_NODE_UNREACHABLE in words that say what happened, instead of a bare ECONNREFUSED. */
import { GemmeshError } from '../errors.ts'

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refuses the connection: nothing listens there. Is the node started?',
  ECONNRESET: 'ended the connection. Did the node end? Its log tells.',
  EPIPE: 'ended the connection. Did the node end? Its log tells.',
  UND_ERR_SOCKET: 'ended the connection. Did the node end? Its log tells.',
  LIGHT_ECONNRESET: 'ended the connection. Did the node end? Its log tells.',
  ERR_STREAM_PREMATURE_CLOSE: 'ended the connection. Did the node end? Its log tells.',
  CONNECT_TIMEOUT: 'does not answer. Is the machine on, and is the address in the configuration right?',
  UND_ERR_CONNECT_TIMEOUT:
    'does not answer. Is the machine on, and is the address in the configuration right?',
  ETIMEDOUT: 'does not answer. Is the machine on, and is the address in the configuration right?',
  EHOSTUNREACH: 'cannot be reached from here. Is the address in the configuration right?',
  ENETUNREACH: 'cannot be reached from here. Is the address in the configuration right?',
  ENOTFOUND: 'has no address. Is its name in the configuration right?',
  ANSWER_TIMEOUT: 'took the request but does not answer. Is the node overloaded or stopped?',
  SEND_TIMEOUT: 'does not take what is sent. Is the node overloaded or stopped?',
  BODY_TIMEOUT: 'fell silent in the middle of its answer. Is the node overloaded or stopped?',
  UND_ERR_HEADERS_TIMEOUT: 'took the request but does not answer. Is the node overloaded or stopped?',
  UND_ERR_BODY_TIMEOUT: 'fell silent in the middle of its answer. Is the node overloaded or stopped?',
  LINK_CLOSED: 'cannot be called any more: this node is ending.',
  UND_ERR_DESTROYED: 'cannot be called any more: this node is ending.',
  UND_ERR_CLOSED: 'cannot be called any more: this node is ending.',
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

/** Nothing listens there: the machine answered that itself, so no doubt is left. */
export const isRefused = ({ cause }: GemmeshError): boolean => codeOf(cause) === 'ECONNREFUSED'

export function unreachable(origin: string, cause: unknown, localAddress?: string): GemmeshError {
  const code = codeOf(cause)
  const detail = cause instanceof Error ? cause.message : String(cause)
  const reason =
    code === 'EADDRNOTAVAIL' && localAddress
      ? `cannot be called from ${localAddress}, which is not an address of this machine. Is this node's ip in the configuration right?`
      : (reasons[code] ?? 'cannot be called.')
  return new GemmeshError('GEMMESH_NODE_UNREACHABLE', `${origin} ${reason} (${detail})`, { cause })
}
