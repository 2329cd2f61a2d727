/** A user's command as a process, and what it took. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'

export interface Outcome {
  readonly ms: number
  readonly stdout: string
}

/** Runs a command to its end; throws what it wrote on stderr where it failed. */
export async function runCommand(
  [file = '', ...words]: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const startedMs = performance.now()
  const child = spawn(file, words, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  const said = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.stderr += text
  })
  const [code] = await once(child, 'close')
  const ms = performance.now() - startedMs
  if (code !== 0) throw new Error(`${file} ${words.join(' ')} ended with ${code}: ${said.stderr.trim()}`)
  return { ms, stdout: said.stdout }
}

/** The first of these that runs and ends well, or undefined. */
export async function firstThatRuns(commands: readonly (readonly string[])[]): Promise<string[] | undefined> {
  for (const command of commands) {
    const ran = await runCommand(command).then(
      () => true,
      () => false,
    )
    if (ran) return [...command]
  }
  return undefined
}
