/** Some hundred seeds of the fault simulator as tests: spread over files, because files are run side by side. */
import t from 'tap'
import { runSeed } from './run-seed.ts'

/** From `first` to `last`. */
export function testSeeds(first: number, last: number): void {
  t.test(`seeds ${first} to ${last}: nothing wrong, lost, stuck or done twice`, async t => {
    const seeds = last - first + 1
    let tiles = 0
    let crashes = 0
    for (let seed = first; seed <= last; seed++) {
      const report = await runSeed(seed)
      tiles += report.tiles
      crashes += report.crashes
      if (report.faults.length > 0) t.fail(`seed ${seed}: ${report.faults[0]}`)
    }
    t.ok(
      tiles > 5 * seeds && crashes > seeds,
      `there was work, and trouble: ${tiles} tiles, ${crashes} crashes`,
    )
  })
}
