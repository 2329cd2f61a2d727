/** What a FaultProxy does to requests, and how often it did. */
import type { Random } from './random.ts'

export const hurts = [
  'latency',
  'cut-request',
  'cut-answer',
  'half-open-request',
  'half-open-answer',
  'slices',
  'corrupt-request',
  'corrupt-answer',
  'doubled',
] as const
export type Hurt = (typeof hurts)[number]

export interface ProxyCounts {
  requests: number
  readonly hurt: Record<Hurt, number>
  /** Flipped bits that were passed on, and those requests among them that were answered as if nothing had happened. */
  corrupted: number
  accepted: number
  /** What those were. */
  readonly acceptedLines: string[]
}

export interface ProxyOptions {
  readonly random: Random
  /** Of the requests between nodes, from 0 to 1. */
  readonly rate: number
  readonly counts: ProxyCounts
  /** Which of them are dealt out. */
  readonly hurts: readonly Hurt[]
}

export const emptyCounts = (): ProxyCounts => ({
  requests: 0,
  hurt: {
    latency: 0,
    'cut-request': 0,
    'cut-answer': 0,
    'half-open-request': 0,
    'half-open-answer': 0,
    slices: 0,
    'corrupt-request': 0,
    'corrupt-answer': 0,
    doubled: 0,
  },
  corrupted: 0,
  accepted: 0,
  acceptedLines: [],
})
