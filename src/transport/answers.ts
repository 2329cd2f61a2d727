/** What a role answers to messages, by path: behind HTTP for other nodes, directly for another role of its process. */

/** Of whoever asks. */
export interface Caller {
  readonly ip: string
}

/** Takes and gives encoded messages, so that roles of one process check each other as ever and share no object. */
export type Answer = (body: Uint8Array, caller: Caller) => Promise<Uint8Array>

export type Answers = Map<string, Answer>
