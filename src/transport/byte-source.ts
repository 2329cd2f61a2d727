/** A Node stream as a ByteSource: no iterator, no promise a piece. */
import type { Readable } from 'node:stream'
import type { ByteSource } from '../protocol/bulk.ts'

/**
 * Where the stream fails, or closes before its end, it rejects with what `failed` makes of the reason; never while a piece
 * is still being taken. The stream itself is left as it is.
 */
export const byteSource =
  (stream: Readable, failed: (reason: unknown) => unknown): ByteSource =>
  take =>
    new Promise((resolve, reject) => {
      let taking: Promise<void> | undefined
      const settle = (done: () => void) => {
        stream.on('error', () => {}) // one that comes later is nobody's
        stream.off('data', onData).off('end', onEnd).off('error', onError).off('close', onClose)
        if (taking) taking.then(done, done)
        else done()
      }
      const fail = (error: unknown) => settle(() => reject(error))
      const onEnd = () => settle(resolve)
      const onError = (error: unknown) => fail(failed(error))
      const onClose = () => onError(stream.errored ?? closedEarly())
      const onData = (bytes: Uint8Array) => {
        try {
          taking = take(bytes) ?? undefined
        } catch (error) {
          return fail(error)
        }
        if (!taking) return
        stream.pause()
        taking.then(() => stream.resume(), fail)
      }
      if (stream.destroyed) return onClose()
      stream.on('data', onData).on('end', onEnd).on('error', onError).on('close', onClose)
    })

const closedEarly = (): Error =>
  Object.assign(new Error('it closed before its end'), { code: 'ERR_STREAM_PREMATURE_CLOSE' })
