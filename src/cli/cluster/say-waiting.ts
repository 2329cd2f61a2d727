/** What a command says of a master that does not answer, once, and of one that does again. */
import type { Waiting } from '../../client/index.ts'
import type { Terminal } from '../terminal.ts'

/** `isSubmitted`: whether the cluster has the job by now. */
export const sayWaiting =
  (terminal: Terminal, isSubmitted: () => boolean) =>
  (waiting: Waiting): void => {
    const { node, origin, reason, isBack } = waiting
    terminal.record('waiting', { ...waiting })
    if (isBack) terminal.note(`${node} at ${origin} answers again`)
    else {
      const kept = isSubmitted() ? ': the job is kept there' : ''
      terminal.note(`${node} at ${origin} does not answer (${reason})${kept}; trying again`)
    }
  }
