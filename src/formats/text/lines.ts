import { formatError } from '../format-error.ts'

/** Some lines of a text one after the other, without their ends. */
export interface Lines {
  /** Of the first, from 1. */
  readonly number: number
  readonly texts: readonly string[]
}

/** A longer line is refused, so that memory is bounded; Matrix Market's have at most 1024 characters. */
const longestLine = 64 * 1024

/** The lines of a text that comes in pieces. GEMMESH_FORMAT_INVALID for one that does not end. */
export async function* linesOf(bytes: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Lines> {
  let number = 1
  let rest = ''
  for await (const chunk of bytes) {
    const texts = (rest + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString('latin1')).split(
      '\n',
    )
    rest = texts.pop() ?? ''
    if (rest.length > longestLine)
      throw formatError(
        name,
        number + texts.length,
        `it has more than ${longestLine} characters. Is it a text file?`,
      )
    if (texts.length === 0) continue
    yield { number, texts }
    number += texts.length
  }
  if (rest !== '') yield { number, texts: [rest] }
}
