/** One process of bench/measured.ts: products on so many threads, and the GFLOPS of those between two instants. */
import { parseArgs } from 'node:util'
import { Arena } from '../src/kernel/arena.ts'
import { readProcessorImages } from '../src/kernel/processor.ts'
import { selectProcessor } from '../src/kernel/select.ts'
import { Pool, poolBytes } from '../src/pool/pool.ts'

const { values } = parseArgs({
  options: {
    threads: { type: 'string', default: '1' },
    /** In ms since the epoch. */
    from: { type: 'string', default: '0' },
    until: { type: 'string', default: '0' },
  },
})
const [threads, fromMs, untilMs] = [Number(values.threads), Number(values.from), Number(values.until)]
const n = 512
const bytes = n * n * 8

const { chosen } = await selectProcessor(await readProcessorImages())
const arena = Arena.create(3 * bytes + poolBytes(threads) + 2 ** 20)
const pool = await Pool.start({ arena, processor: chosen, threads })
const operand = () => {
  const offset = arena.allocate(bytes)
  arena.view('float64', offset, n * n).fill(1)
  return { offset, rowStride: n, columnStride: 1 }
}
const task = {
  dtype: 'float64' as const,
  m: n,
  n,
  k: n,
  alpha: 1,
  beta: 0,
  a: operand(),
  b: operand(),
  c: operand(),
}
if (Date.now() > fromMs) throw new Error('not at work when the window began')
// What begins before the window and ends in it, or the other way round, counts for the part that lies in it.
let products = 0
for (let start = Date.now(); start < untilMs; ) {
  await pool.gemm([task])
  const end = Date.now()
  const inside = Math.min(end, untilMs) - Math.max(start, fromMs)
  if (inside > 0) products += end > start ? inside / (end - start) : 1
  start = end
}
await pool.close()
console.log(JSON.stringify({ gflops: (products * 2 * n ** 3) / (untilMs - fromMs) / 1e6 }))
