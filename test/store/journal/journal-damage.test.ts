import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { damages, outcome, samples } from './journal-damage.ts'

/** A journal in memory is flushed a hundred times as fast. */
const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'gemmesh-journal-'))
t.teardown(() => rmSync(folder, { recursive: true }))

t.test('a journal that was cut or flipped has all that was acknowledged, or is refused', async t => {
  for (const sample of await samples(join(folder, 'sample'))) {
    let [refused, recovered] = [0, 0]
    for (const damage of damages(sample, 499, 13)) {
      const { right, refused: wasRefused, what } = await outcome(join(folder, 'damaged'), sample, damage)
      if (!right) t.fail(what)
      if (wasRefused) refused++
      else recovered++
    }
    t.ok(refused > 10 && recovered > 10, `${sample.name}: ${refused} refused, ${recovered} recovered`)
  }
})
