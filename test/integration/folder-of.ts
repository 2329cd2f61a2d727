/** A folder that is removed when what works in it has stopped. */
import type { Test } from 'tap'

/** tap removes a test's folder before all teardowns that were registered after it was made. */
export function folderOf(t: Test, stop: () => Promise<void>): string {
  t.teardown(stop)
  return t.testdir({})
}
