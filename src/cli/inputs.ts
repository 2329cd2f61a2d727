/** The matrix files that a command names, as .npy files: of another kind they are converted, and what was made goes at the end. */
import { tmpdir } from 'node:os'
import { dirname } from 'node:path'
import type { Dtype } from '../core/matrix.ts'
import { asNpyFile } from '../formats/npy-file.ts'

export interface InputOptions {
  /** Of the elements of text files. */
  readonly dtype?: Dtype
  /** What is converted may be as large as the result: it lies beside it, if there is one. */
  readonly output?: string
  readonly signal?: AbortSignal
}

export interface Inputs extends AsyncDisposable {
  /** The .npy file of a file that was named. */
  path(file: string): string
  /** What messages call the .npy files that were made. */
  readonly names: ReadonlyMap<string, string>
}

/** Open until disposed. A file that is named twice is converted once. The codes of `asNpyFile`. */
export async function openInputs(
  files: readonly string[],
  { output, ...options }: InputOptions = {},
): Promise<Inputs> {
  await using made = new AsyncDisposableStack()
  const folder = output === undefined ? tmpdir() : dirname(output)
  const paths = new Map<string, string>()
  const names = new Map<string, string>()
  for (const file of new Set(files)) {
    // What is on a web server, others read.
    if (/^https?:/.test(file)) continue
    const { path } = made.use(await asNpyFile(file, { ...options, folder }))
    paths.set(file, path)
    if (path !== file) names.set(path, file)
  }
  const closing = made.move()
  return {
    names,
    path: file => paths.get(file) ?? file,
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  }
}
