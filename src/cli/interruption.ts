/** Ctrl-C and its kin: the first asks the command to stop and tidy up, the second ends the process at once. */
import { exitCodes, GemmeshError } from '../errors.ts'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export interface Interruption extends Disposable {
  /** Aborts with GEMMESH_INTERRUPTED at the first signal. */
  readonly signal: AbortSignal
  /** Adds what must not be left undone even when the second signal ends the process: has to be synchronous. */
  lastly(tidy: () => void): void
}

/** Listens until disposed. */
export function listenForInterruption(): Interruption {
  const controller = new AbortController()
  const tidyings: (() => void)[] = []
  const onSignal = (name: NodeJS.Signals) => {
    if (controller.signal.aborted) {
      for (const tidy of tidyings) tidy()
      process.exit(exitCodes.interrupted)
    }
    controller.abort(
      new GemmeshError('GEMMESH_INTERRUPTED', `stopped by ${name}; nothing half-written was left.`),
    )
  }
  for (const name of signals) process.on(name, onSignal)
  return {
    signal: controller.signal,
    lastly: tidy => void tidyings.push(tidy),
    [Symbol.dispose]() {
      for (const name of signals) process.off(name, onSignal)
    },
  }
}
