/** The real command line, as a process of its own. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))

/** The path of a file in test/fixtures. */
export const fixture = (name: string): string =>
  fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url))

export interface Outcome {
  /** Exit code, or the name of the signal that ended it. */
  readonly exit: number | string | null
  readonly stdout: string
  readonly stderr: string
  /** The lines of stdout as JSON; read only where --json was given. */
  readonly records: readonly Record<string, unknown>[]
}

interface Environment {
  readonly [name: string]: string
}

/** Without what the machine's own environment may say to gemmesh, to terminals or to tests; but what holds for the whole run. */
function environment(own: Environment): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(GEMMESH_(?!SIMD$|CACHE$)|CI$|NO_COLOR$|FORCE_COLOR$|NODE_OPTIONS$)/.test(name),
  )
  return { ...Object.fromEntries(kept), ...own }
}

export type Running = ChildProcessByStdio<Writable, Readable, Readable>

/** Starts `gemmesh ...words`; its standard input stays open until it is ended. */
export const startGemmesh = (words: readonly string[], own: Environment = {}): Running =>
  spawn(process.execPath, [main, ...words], { env: environment(own), stdio: ['pipe', 'pipe', 'pipe'] })

/** What became of a started process. */
export async function outcomeOf(child: Running): Promise<Outcome> {
  const [stdout, stderr] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    child.exitCode === null && child.signalCode === null ? once(child, 'close') : undefined,
  ])
  return {
    exit: child.exitCode ?? child.signalCode,
    stdout,
    stderr,
    get records() {
      return stdout
        .trim()
        .split('\n')
        .filter(line => line !== '')
        .map((line): Record<string, unknown> => JSON.parse(line))
    },
  }
}

/** Runs `gemmesh ...words` to its end. */
export function gemmesh(words: readonly string[], own: Environment = {}): Promise<Outcome> {
  const child = startGemmesh(words, own)
  child.stdin.end()
  return outcomeOf(child)
}

/** Runs each of them, two at a time. */
export async function gemmeshAll<T extends { readonly words: readonly string[] }>(
  cases: readonly T[],
  check: (one: T, outcome: Outcome) => void | Promise<void>,
): Promise<void> {
  const queue = cases.values()
  const work = async () => {
    for (const one of queue) await check(one, await gemmesh(one.words))
  }
  await Promise.all([work(), work()])
}
