/**
 * Every byte of a small journal cut and flipped, its database, its log and its mark: each has to open with all that was
 * acknowledged, or to be refused. `node bench/faults/journal.ts [every n-th byte] [the first]`; exits with 1 where one is not.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { damages, outcome, samples } from '../../test/store/journal/journal-damage.ts'

const [step, start] = [Number(process.argv[2] ?? 1), Number(process.argv[3] ?? 0)]
const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'gemmesh-journal-'))
try {
  for (const sample of await samples(join(folder, 'sample'))) {
    const tally = { tried: 0, recovered: 0, refused: 0, wrong: 0 }
    for (const damage of damages(sample, step, start)) {
      const { right, refused, what } = await outcome(join(folder, 'damaged'), sample, damage)
      tally.tried++
      tally[right ? (refused ? 'refused' : 'recovered') : 'wrong']++
      if (right) continue
      process.exitCode = 1
      process.stdout.write(`WRONG ${what}\n`)
    }
    const sizes = Array.from(sample.files, ([end, { length }]) => `${end || 'database'} ${length}`)
    process.stdout.write(`${sample.name} (${sizes.join(', ')} bytes): ${JSON.stringify(tally)}\n`)
  }
} finally {
  rmSync(folder, { recursive: true })
}
