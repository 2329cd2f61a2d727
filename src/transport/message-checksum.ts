/**
 * Checksums of requests and answers between nodes. TCP's 16 bits let damage through that a broken cable, card or memory
 * makes; blocks and tiles have checksums of their own, and this is that of all the rest: the lines that say what is asked
 * or answered, and the body of a message. CRC-32 finds every error of up to 32 bits in a row.
 */
import { crc32 } from 'node:zlib'
import { GemmeshError } from '../errors.ts'

/** `<CRC-32 of the head>` or `<CRC-32 of the head>-<CRC-32 of the body>`, eight hex digits each. */
export const checksumHeader = 'gemmesh-checksum'

/** What a request's head means. */
export interface RequestHead {
  readonly method: string
  readonly path: string
  readonly contentType: string | undefined
  /** As it is sent. */
  readonly contentLength: string | number | undefined
}

const digits = 8
const sumOf = (data: string | Uint8Array): string => crc32(data).toString(16).padStart(digits, '0')

const requestText = ({ method, path, contentType = '', contentLength = '' }: RequestHead): string =>
  `${method} ${path}\n${contentType}\n${contentLength}`

const answerText = (status: number, contentType: string): string => `${status}\n${contentType}`

const joined = (head: string, body: Uint8Array | undefined): string =>
  body === undefined ? sumOf(head) : `${sumOf(head)}-${sumOf(body)}`

/** For a request; without `body` where that is a stream with checksums of its own, or none. */
export const requestChecksum = (head: RequestHead, body?: Uint8Array): string =>
  joined(requestText(head), body)

/** For an answer; `contentType` is empty where there is none. */
export const answerChecksum = (status: number, contentType: string, body?: Uint8Array): string =>
  joined(answerText(status, contentType), body)

/** GEMMESH_TRANSFER_CORRUPT where the head is not the one that was sent. `checksum` is the header's value. */
export function checkRequestHead(checksum: string, head: RequestHead): void {
  if (checksum.slice(0, digits) !== sumOf(requestText(head)))
    throw damaged(`the head of ${head.method} ${head.path}`)
}

export function checkAnswerHead(checksum: string, status: number, contentType: string, what: string): void {
  if (checksum.slice(0, digits) !== sumOf(answerText(status, contentType)))
    throw damaged(`the head of ${what}`)
}

export function checkBody(checksum: string, body: Uint8Array, what: string): void {
  if (checksum.slice(digits + 1) !== sumOf(body)) throw damaged(what)
}

export const damaged = (what: string): GemmeshError =>
  new GemmeshError(
    'GEMMESH_TRANSFER_CORRUPT',
    `${what} arrived damaged: its checksum differs. Send it again.`,
  )
