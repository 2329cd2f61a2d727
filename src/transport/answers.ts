/** What a role answers to messages, by path: behind HTTP for other nodes, directly for another role of its process. */
import type { Socket } from 'node:net'

/** Of whoever asks. */
export interface Caller {
  readonly ip: string
  /** Of a call that came over one. */
  readonly socket?: Socket
}

/** Takes and gives encoded messages, so that roles of one process check each other as ever and share no object. */
export type Answer = (body: Uint8Array, caller: Caller) => Promise<Uint8Array>

export type Answers = Map<string, Answer>
