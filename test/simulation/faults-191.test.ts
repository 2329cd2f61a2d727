/** Goes on where faults.test.ts ends. */
import { testSeeds } from './faults/test-seeds.ts'

testSeeds(191, 300)
