/** Ctrl-C and its kin: the first asks the command to stop and tidy up, the second ends the process at once. */
import { exitCodes, GemmeshError } from '../errors.ts'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export interface Interruption {
  /** Aborts with GEMMESH_INTERRUPTED at the first signal. */
  readonly signal: AbortSignal
  /** Adds what must not be left undone even when the second signal ends the process: has to be synchronous. */
  lastly(tidy: () => void): void
}

/** Runs a command that can be interrupted: listens for signals until it has ended. */
export async function interruptible(run: (interruption: Interruption) => Promise<void>): Promise<void> {
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
  try {
    await run({ signal: controller.signal, lastly: tidy => void tidyings.push(tidy) })
  } finally {
    for (const name of signals) process.off(name, onSignal)
  }
}
