/** One node of the demo's cluster: a real process, started by the same command that a user would type. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { GemmeshError } from '../../errors.ts'

export interface NodeStart {
  readonly name: string
  readonly config: string
  readonly data: string
}

/** From its start until it says that it is ready; seconds on a busy machine. */
const readyWithinMs = 30_000
/** From being asked to end until it is made to. */
const endWithinMs = 5_000
const keptLogLines = 20

export class NodeProcess {
  readonly name: string
  /** Resolves when it takes requests. */
  readonly ready: Promise<void>
  /** Resolves when the process is gone, whatever ended it. */
  readonly ended: Promise<void>
  /** Rejects when the process ends without having been asked to; never resolves. */
  readonly failed: Promise<never>
  readonly #child: ChildProcess
  readonly #log: string[] = []
  #asked = false

  constructor({ name, config, data }: NodeStart) {
    this.name = name
    const words = ['node', '--config', config, '--name', name, '--data', data, '--until-stdin-ends', '--json']
    // Its standard input is a pipe from here: when this process is gone, even killed, the node notices and ends.
    this.#child = spawn(process.execPath, [...process.execArgv, process.argv[1] ?? '', ...words], {
      env: ownEnvironment(),
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    this.ended = new Promise(resolve => {
      this.#child.once('close', () => resolve())
      this.#child.once('error', () => resolve())
    })
    this.#child.stdin?.on('error', () => {}) // it went first; `ended` says so
    this.ready = Promise.race([this.#firstLine(), this.#late()])
    this.failed = this.ended.then(() => this.#unlessAsked())
    // Both are awaited together with other things; one that nobody waits for any more is no unhandled error.
    this.ready.catch(() => {})
    this.failed.catch(() => {})
    this.#keepLog()
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** Asks the node to end; makes it end where it does not. Kills this one process and no other. */
  async end(): Promise<void> {
    this.#asked = true
    this.#child.stdin?.end()
    const stop = new AbortController()
    const late = delay(endWithinMs, true, { signal: stop.signal }).catch(() => false)
    if (await Promise.race([this.ended.then(() => false), late])) this.#child.kill('SIGKILL')
    stop.abort()
    await this.ended
  }

  /** At once and without waiting: for when this process is about to end. */
  kill(): void {
    this.#asked = true
    this.#child.kill('SIGKILL')
  }

  async #firstLine(): Promise<void> {
    if (this.#child.stdout === null) return
    const lines = createInterface(this.#child.stdout)
    const [line] = await Promise.race([once(lines, 'line'), once(lines, 'close')])
    if (line === undefined) await this.failed
  }

  async #late(): Promise<never> {
    await delay(readyWithinMs, undefined, { ref: false })
    throw new GemmeshError(
      'GEMMESH_NODE_UNREACHABLE',
      this.#withLog(`node ${this.name} is not ready after ${readyWithinMs} ms`),
    )
  }

  async #unlessAsked(): Promise<never> {
    if (this.#asked) return new Promise<never>(() => {})
    const { exitCode, signalCode } = this.#child
    throw new GemmeshError(
      'GEMMESH_NODE_UNREACHABLE',
      this.#withLog(`node ${this.name} ended unexpectedly (${signalCode ?? `exit code ${exitCode}`})`),
    )
  }

  #keepLog(): void {
    if (this.#child.stderr === null) return
    createInterface(this.#child.stderr).on('line', line => {
      this.#log.push(line)
      if (this.#log.length > keptLogLines) this.#log.shift()
    })
  }

  #withLog(message: string): string {
    return this.#log.length === 0 ? `${message}.` : `${message}; it said last:\n  ${this.#log.join('\n  ')}`
  }
}

/** What the environment says of this machine, not of nodes. */
const machineSettings = ['GEMMESH_SIMD', 'GEMMESH_CACHE']

/** Without the other settings of gemmesh that the user's environment may have: they are not meant for these nodes. */
const ownEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !name.startsWith('GEMMESH_') || machineSettings.includes(name),
    ),
  )
