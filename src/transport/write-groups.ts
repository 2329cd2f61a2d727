/** Writes a ByteStream to a socket or an HTTP answer, as fast as the other side takes it. */
import type { Writable } from 'node:stream'
import type { ByteStream } from '../protocol/encode-chunks.ts'

/**
 * Resolves when the system has all bytes. A group's views are in the system's hands before the next group is asked for:
 * one group a connection waits in this process, and no view is read after the stream has ended. Rejects with what the
 * stream throws, or when `target` closes; the iteration is ended then, too.
 */
export async function writeGroups(target: Writable, { groups }: ByteStream): Promise<void> {
  for await (const views of groups) await writeTogether(target, views)
}

function writeTogether(target: Writable, views: readonly Uint8Array[]): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const onClose = () => reject(target.errored ?? closed())
  if (target.destroyed) onClose()
  else {
    target.once('close', onClose)
    target.cork()
    for (const [index, view] of views.entries())
      target.write(view, index < views.length - 1 ? undefined : error => (error ? reject(error) : resolve()))
    target.uncork()
  }
  return promise.finally(() => target.off('close', onClose))
}

const closed = (): Error =>
  Object.assign(new Error('the connection is closed'), { code: 'ERR_STREAM_PREMATURE_CLOSE' })
