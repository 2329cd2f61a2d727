/** What a role must not forget: records that are durable before anybody is told. docs/adr/0013 says how, and why. */

/** `body` is its owner's business: protobuf or JSON. */
export interface JournalRecord {
  readonly kind: string
  readonly job: string
  readonly body: Uint8Array
}

export interface Journal {
  /** What was there when it was opened, oldest first; only before the first append or rewrite. */
  read(): readonly JournalRecord[]

  /**
   * Adds these behind all others, all of them or none; durable when it resolves. Those of one turn of the loop share a commit.
   * GEMMESH_STORAGE_FULL where there is no room: nothing was added, and it works again when there is. GEMMESH_STORAGE_FAILED
   * where the disk fails otherwise: nobody knows what was added, this journal takes nothing more, and the node has to end.
   */
  append(...records: readonly JournalRecord[]): Promise<void>

  /** Replaces all records, those too that are being appended, by these: all or nothing; errors as of `append`. */
  rewrite(records: readonly JournalRecord[]): Promise<void>

  /** Waits for what is under way. */
  close(): Promise<void>
}
