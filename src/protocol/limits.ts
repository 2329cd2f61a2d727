/** What bounds the traffic between nodes. Both sides check; a message beyond a limit is refused, never cut. */

/** Names the schema of wire.proto: registration refuses a node that speaks another one. */
export const protocolVersion = 5

const KiB = 1024
const MiB = 1024 * KiB

export const limits = {
  /** One message: the largest of the small ones is CancelUnits with `listItems` units. */
  messageBytes: 2 * MiB,
  /** OpenJob alone: `listItems` rectangles of at most 44 bytes each. */
  openJobBytes: 16 * MiB,
  /** References: one of a row takes 32 bytes, so that half a million rows fit, and a tile is never so high. */
  referencesBytes: 16 * MiB,
  /** Items of a repeated field: units of a job. */
  listItems: 256 * KiB,
  /** Blocks that a slave asks the way to in one message; of more it asks in several. */
  blocksAtOnce: 4096,
  /** Of a path or URL of an operand. */
  pathCharacters: 4096,
  /** Of one chunk. 64 KiB take 0.9 s of the sender's CPU a GiB, 256 KiB and 1 MiB 0.6, 4 MiB 0.5; more waits longer for its checksum. */
  chunkPayloadBytes: MiB,
  /** Before the data of a chunk: the header's two longest texts (job, slave) and some numbers. */
  chunkPrefixBytes: 4 * KiB,
  /** What a connection receives into, over and over: 64 KiB, 256 KiB and 1 MiB took 0.70, 0.61 and 0.49 s of CPU a GiB; there may be many connections. */
  receiveBufferBytes: 256 * KiB,
  /** A processor is a module of some ten KiB. */
  processorBytes: 16 * MiB,
  /** Characters of the text of a fault; a longer one is cut where it is made. */
  faultCharacters: 8 * KiB,
  /** Faults listed in one error. */
  faultItems: 64,
  /**
   * Connections to one node, for messages and for bulk data each: a heartbeat never waits behind a block. One fills a link;
   * on loopback 1, 2, 4 and 8 moved 1.3, 1.9, 1.4 and 1.7 GB/s, which is noise. More than one hides the time to an answer
   * (a disk, a busy node), and each has a chunk of memory on both sides.
   */
  connectionsPerOrigin: 4,
  /** A machine that is there answers SYN in milliseconds; one that is not never does. */
  connectMs: 3_000,
  /** From the sent message to its answer. */
  answerMs: 30_000,
  /** From the last byte of a pushed tile to its durable acknowledgement: a slow disk may take its time. */
  acknowledgeMs: 120_000,
  /** How long a body may stand still, in either direction. */
  idleMs: 30_000,
  /** An unused connection stays open at the caller; the server keeps its side longer, so that it never closes first. */
  keepAliveMs: 15_000,
  serverKeepAliveMs: 60_000,
} as const
