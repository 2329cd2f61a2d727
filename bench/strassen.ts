/**
 * Strassen's algorithm beside the classical one, in turns, on matrices in the arena: docs/STRASSEN.md.
 *
 *   npx node bench/strassen.ts [--sizes 2048,4096] [--threads 1,2] [--dtypes float32,float64] [--trials 5]
 *
 * Below the cross-over both columns are the classical algorithm's: their ratio shows what noise is.
 */
import { parseArgs } from 'node:util'
import { bytesPerElement } from '../src/core/matrix.ts'
import { Arena } from '../src/kernel/arena.ts'
import { readProcessorImages } from '../src/kernel/processor.ts'
import { selectProcessor } from '../src/kernel/select.ts'
import { type GemmTask, Pool } from '../src/pool/pool.ts'
import { fill } from './product.ts'
import { summary } from './statistics.ts'

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '2048,4096' },
    threads: { type: 'string', default: '1,2' },
    dtypes: { type: 'string', default: 'float32' },
    trials: { type: 'string', default: '5' },
  },
})
const numbers = (text: string) => text.split(',').map(Number)
const { chosen } = await selectProcessor(await readProcessorImages())

console.log('dtype    n     threads  classical  strassen  ratio (least - greatest)')
for (const dtype of ['float32', 'float64'] as const) {
  if (!values.dtypes.split(',').includes(dtype)) continue
  for (const n of numbers(values.sizes)) {
    for (const threads of numbers(values.threads)) {
      const arena = Arena.create(3 * n * n * bytesPerElement[dtype] + (96 << 20))
      const pool = await Pool.start({ arena, processor: chosen, threads })
      const place = (seed: number) => {
        const offset = arena.allocate(n * n * bytesPerElement[dtype])
        fill(arena.view(dtype, offset, n * n), dtype, seed)
        return { offset, rowStride: n, columnStride: 1 }
      }
      const task: GemmTask = {
        dtype,
        m: n,
        n,
        k: n,
        alpha: 1,
        beta: 0,
        a: place(1),
        b: place(2),
        c: place(3),
      }
      const time = async (given: GemmTask) => {
        const start = performance.now()
        await pool.gemm([given])
        return performance.now() - start
      }
      const classical: number[] = []
      const strassen: number[] = []
      // The first pair, in which memory is touched and code optimized, does not count.
      for (let trial = 0; trial <= Number(values.trials); trial++) {
        const pair = [await time(task), await time({ ...task, algorithm: 'strassen' })] as const
        if (trial === 0) continue
        classical.push(pair[0])
        strassen.push(pair[1])
      }
      const ratios = classical.map((ms, trial) => ms / (strassen[trial] ?? Number.NaN))
      const gflops = (times: readonly number[]) => ((2 * n ** 3) / summary(times).median / 1e6).toFixed(1)
      const spread = `(${Math.min(...ratios).toFixed(3)} - ${Math.max(...ratios).toFixed(3)})`
      console.log(
        `${dtype}  ${String(n).padEnd(5)} ${String(threads).padEnd(8)} ${gflops(classical).padEnd(10)} ${gflops(strassen).padEnd(9)} ${summary(ratios).median.toFixed(3)} ${spread}`,
      )
      await pool.close()
    }
  }
}
