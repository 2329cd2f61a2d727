/** The plan of a product by panels and pieces, without a kernel: what is packed and computed, and in what order. */
import fc from 'fast-check'
import t from 'tap'
import { bytesPerElement, dtypes } from '../../src/core/matrix.ts'
import { blocking, blockRows, evenPart, stripBytes, stripOffset } from '../../src/kernel/blocking.ts'
import type {
  ComputePiece,
  InnerPiece,
  MergePiece,
  PackPiece,
  RowPiece,
  SmallPiece,
} from '../../src/kernel/kernel.ts'
import type { PhaseLimits } from '../../src/kernel/phase.ts'
import { chainSlots, phasesPerRound, planPhases } from '../../src/kernel/phases.ts'
import type { GemmTask } from '../../src/kernel/task.ts'

const panelBytes = 1 << 20
const limits = (threads: number): PhaseLimits => ({
  threads,
  mc: blockRows(),
  microTiles: { float32: { mr: 6, nr: 16 }, float64: { mr: 6, nr: 8 }, int32: { mr: 4, nr: 16 } },
  panels: [1 << 28, 1 << 29],
  panelBytes,
})
const view = { offset: 0, rowStride: 1 << 14, columnStride: 1 }
const task = (m: number, n: number, k: number, more: Partial<GemmTask> = {}): GemmTask => ({
  dtype: 'float32',
  m,
  n,
  k,
  alpha: 1,
  beta: 0,
  a: view,
  b: view,
  c: view,
  ...more,
})

interface Call {
  readonly round: number
  readonly phase: number
  readonly task: GemmTask
  readonly pack?: PackPiece
  readonly compute?: ComputePiece
  readonly piece?: RowPiece
  readonly small?: SmallPiece
  readonly inner?: InnerPiece
  readonly merge?: MergePiece
  readonly scaled?: readonly [row: number, rows: number]
}

/** Every call that the pieces make, in the order of the tickets. */
function calls(tasks: readonly GemmTask[], threads: number): Call[] {
  const made: Call[] = []
  for (const [round, phases] of planPhases(tasks, limits(threads)).entries()) {
    for (const [phase, { pieces, run }] of phases.entries()) {
      for (let piece = 0; piece < pieces; piece++) {
        run(
          {
            pack: (task, pack) => made.push({ round, phase, task, pack }),
            compute: (task, compute) => made.push({ round, phase, task, compute }),
            row: (task, piece) => made.push({ round, phase, task, piece }),
            small: (task, small) => made.push({ round, phase, task, small }),
            inner: (task, inner) => made.push({ round, phase, task, inner }),
            merge: (task, merge) => made.push({ round, phase, task, merge }),
            scale: (task, row, rows) => made.push({ round, phase, task, scaled: [row, rows] }),
            sums: { pack: () => {}, compute: () => {} },
          },
          piece,
          0,
        )
      }
    }
  }
  return made
}

t.test('each element of C gets each part of k once, from a panel that holds it', async () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...dtypes),
      fc.integer({ min: 1, max: 700 }),
      fc.integer({ min: 1, max: 3000 }),
      fc.integer({ min: 1, max: 3000 }),
      fc.integer({ min: 1, max: 20 }),
      (dtype, m, n, k, threads) => {
        const size = bytesPerElement[dtype]
        const { mr, nr } = limits(threads).microTiles[dtype]
        let area = 0
        let packed = 0
        let columns = n
        /** Blocks of k that were added, by the first row of a piece. */
        const merged = new Map<number, number>()
        for (const { task: computed, pack, compute, piece, small, inner, merge } of calls(
          [task(m, n, k, { dtype })],
          threads,
        )) {
          if (inner !== undefined) {
            area += inner.depth
            packed += inner.depth
          }
          if (merge !== undefined) {
            const before = merged.get(merge.row) ?? 0
            if (merge.beta !== (before === 0 ? 0 : 1)) throw new Error('beta belongs to the first block of k')
            merged.set(merge.row, before + 1)
          }
          if (small !== undefined) {
            area += small.rows * n * small.depth
            packed = n * k
            if (small.row % mr !== 0) throw new Error('cuts a micro-tile')
            if (small.beta !== (small.k === 0 ? 0 : 1))
              throw new Error('beta belongs to the first block of k')
          }
          if (piece !== undefined) {
            area += piece.columns * k
            packed = columns * k
            if (computed.m !== 1 || piece.columns < 1) throw new Error('not a row')
          }
          columns = computed.n
          if (pack !== undefined) {
            packed += pack.rows * pack.columns
            const [first, second] = limits(threads).panels
            const [start, bytes] =
              pack.target >= second
                ? [second, panelBytes]
                : pack.target >= first
                  ? [first, panelBytes]
                  : [stripOffset, stripBytes]
            const end = pack.target + pack.rows * Math.ceil(pack.columns / nr) * nr * size
            if (end > start + bytes) throw new Error('packs past the end of its panel, or of its own strip')
          }
          if (compute === undefined) continue
          area += compute.rows * compute.columns * compute.depth
          if (compute.row % mr !== 0 || compute.packedColumn % nr !== 0) throw new Error('cuts a micro-tile')
          if (compute.rows < 1 || compute.columns < 1) throw new Error('an empty piece')
          if (compute.mc % mr !== 0 || compute.kc > blocking[dtype].kc) throw new Error('blocking')
          const isPartial = computed.c.offset !== view.offset
          if (compute.beta !== (compute.k === 0 || isPartial ? 0 : 1))
            throw new Error('beta belongs to the first part of k')
        }
        if (area !== m * n * k) throw new Error(`computes ${area} of ${m * n * k}`)
        if (packed !== columns * k) throw new Error(`packs ${packed} of ${columns * k} elements of B`)
      },
    ),
    { numRuns: 200, seed: 1 },
  )
})

t.test(
  'no phase begins before what it needs: its panel packed, its buffer free, the part of k before it added',
  async t => {
    const phases = planPhases([task(500, 3000, 600)], limits(2)).flat()
    t.ok(phases.length >= 6)
    for (const [index, { after }] of phases.entries()) {
      const packs = index % 2 === 0
      if (packs) t.strictSame(after, index < 4 ? [] : [index - 3], 'after the last reader of the buffer')
      else t.ok(after.includes(index - 1), 'after its own packing')
    }
    const alone = planPhases([task(500, 3000, 600)], limits(1)).flat()
    t.strictSame(
      alone.filter((_, index) => index % 2 === 0).map(({ after }) => after),
      alone.filter((_, index) => index % 2 === 0).map((_, panel) => (panel === 0 ? [] : [2 * panel - 1])),
      'one thread packs where the panel before was',
    )
    for (const piece of [0, 1]) {
      const steps = new Map<number, number>()
      for (const { chain } of phases.filter(({ chain }) => chain !== undefined)) {
        if (chain === undefined) continue
        const slot = chain.slot + piece
        t.equal(chain.step, steps.get(slot) ?? 0, 'each part of k after the one before')
        steps.set(slot, chain.step + 1)
      }
      t.ok([...steps.values()].every(count => count > 1))
    }
    // Too many pieces for the control block's counters: phase waits for phase.
    const many = planPhases([task(4_000_000, 16, 40000)], limits(2)).flat()
    t.ok(many.length >= 4)
    for (let index = 3; index < many.length; index += 2)
      t.strictSame(many[index]?.after, [index - 2, index - 1])
  },
)

t.test('no two pieces that may run at once count their steps in one slot', async () => {
  for (const [m, n, k, threads] of [
    [500, 9000, 6000, 2],
    [100, 16, 40000, 3],
    [3000, 3000, 3000, 64],
  ] as const) {
    for (const phases of planPhases([task(m, n, k), task(m, n, k)], limits(threads))) {
      const owners = new Map<number, string>()
      let chains = 0
      let last: number | undefined
      for (const { chain, pieces } of phases) {
        if (chain === undefined) continue
        if (chain.slot !== last) chains++
        last = chain.slot
        for (let piece = 0; piece < pieces; piece++) {
          const owner = `${chain.slot} ${piece}`
          const slot = chain.slot + piece
          if ((owners.get(slot) ?? owner) !== owner) throw new Error(`slot ${slot} has two owners`)
          if (slot >= chainSlots) throw new Error(`slot ${slot} is not in the control block`)
          owners.set(slot, owner)
        }
      }
      if (chains === 0) throw new Error('no chains')
    }
  }
})

t.test('the blocks of k, and with them the roundings, depend on k alone', async t => {
  const blocks = (m: number, n: number, threads: number) => {
    const ends = new Set<number>()
    for (const { compute, small } of calls([task(m, n, 5000)], threads)) {
      if (small !== undefined) ends.add(small.k)
      if (compute === undefined) continue
      for (let p = 0; p < compute.depth; p += compute.kc) ends.add(compute.k + p)
    }
    return [...ends].sort((x, y) => x - y)
  }
  const wanted = blocks(2, 20, 1)
  t.equal(wanted.length, Math.ceil(5000 / blocking.float32.kc))
  for (const [m, n, threads] of [
    [2, 3000, 1],
    [900, 16, 7],
    [900, 3000, 64],
  ] as const) {
    t.strictSame(blocks(m, n, threads), wanted, `${m}x${n} on ${threads}`)
  }
})

t.test('every thread finds work, in whole rounds of the threads', async t => {
  for (const [m, n, threads] of [
    [1024, 1024, 2],
    [2048, 2048, 8],
    [4096, 4096, 64],
    [32, 4096, 8],
  ] as const) {
    const last = planPhases([task(m, n, 256)], limits(threads))[0]?.at(-1)
    t.ok((last?.pieces ?? 0) >= threads, `${m}x${n} on ${threads}: ${last?.pieces} pieces`)
  }
})

t.test(
  "few rows: each strip packs its own B, in its thread's workspace, right before it is read",
  async t => {
    const made = calls([task(20, 3000, 1000, { beta: 3 })], 2)
    t.ok(new Set(made.map(({ phase }) => phase)).size === 1, 'one phase, nobody waits')
    for (let at = 0; at < made.length; at += 2) {
      const { pack } = made[at] ?? {}
      const { compute } = made[at + 1] ?? {}
      t.equal(pack?.target, stripOffset)
      t.match(compute, {
        packed: stripOffset,
        column: pack?.column,
        columns: pack?.columns,
        k: pack?.row,
        depth: pack?.rows,
        beta: pack?.row === 0 ? 3 : 1,
      })
    }
  },
)

t.test(
  'a small product of contiguous rows is not packed; by any other stride, or of another kind, it is',
  async t => {
    const apart = { ...view, rowStride: 1000 }
    const packs = (more: Partial<GemmTask>, [m, n, k] = [100, 100, 100], threads = 1) =>
      calls([task(m, n, k, { a: apart, b: apart, c: apart, ...more })], threads).some(({ pack }) => pack)
    t.notOk(packs({}))
    t.notOk(packs({}, [288, 288, 288]))
    t.notOk(packs({ dtype: 'int32', beta: 1 }))
    t.ok(packs({}, [289, 288, 288]), 'large')
    t.ok(packs({}, [8, 300, 300]), 'a large B')
    t.notOk(packs({}, [448, 448, 448], 2), 'threads would wait for each other')
    t.ok(packs({}, [449, 448, 448], 2))
    t.ok(packs({}, [90, 448, 448], 2), 'too few rows for two threads to end together')
    const askew = { ...apart, rowStride: 1001 }
    t.notOk(packs({ b: askew }, [200, 200, 200]))
    t.ok(packs({ b: askew }, [202, 200, 200]), 'rows of B that begin within a vector')
    t.ok(packs({ b: { ...apart, rowStride: 1024 } }), 'rows of B that fall into the same set of a cache')
    const byColumns = { ...view, rowStride: 1, columnStride: 1000 }
    t.ok(packs({ a: byColumns }))
    t.ok(packs({ b: byColumns }))
    t.ok(packs({ c: { ...apart, columnStride: 2 } }))
    t.ok(packs({ semiring: 'min-plus' }))
    t.ok(packs({ dtype: 'int32', pairs: true }))
  },
)

t.test('a product stored by columns is computed as the transposed one stored by rows', async t => {
  const columns = { offset: 64, rowStride: 1, columnStride: 512 }
  const [call] = calls([task(100, 400, 80, { c: columns })], 1).filter(({ compute }) => compute)
  t.match(call?.task, { m: 400, n: 100, c: { offset: 64, rowStride: 512, columnStride: 1 } })
})

t.test('nothing to multiply: C is scaled once; no elements: nothing is done', async t => {
  t.strictSame(
    calls([task(10, 5, 0, { beta: 2 })], 3).map(({ scaled }) => scaled),
    [
      [0, 4],
      [4, 4],
      [8, 2],
    ],
  )
  t.strictSame(calls([task(0, 5, 5), task(5, 0, 5)], 2), [])
})

t.test('many tasks go in rounds that fit a control block', async t => {
  const many = Array.from({ length: 1200 }, () => task(100, 300, 300))
  const rounds = planPhases(many, limits(2))
  t.equal(rounds.length, 3)
  for (const phases of rounds) {
    t.ok(phases.length <= phasesPerRound)
    for (const { after } of phases) t.ok(after.every(index => index >= 0 && index < phases.length))
  }
  t.equal(new Set(calls(many, 2).map(({ round, phase }) => `${round} ${phase}`)).size, 2400)
})

t.test('equal parts', async t => {
  for (const [total, limit, multiple, wanted] of [
    [257, 256, 1, 129],
    [256, 256, 1, 256],
    [1, 256, 1, 1],
    [1000, 300, 16, 256],
    [2048, 1024, 16, 1024],
    [5, 3, 16, 16],
  ] as const) {
    t.equal(evenPart(total, limit, multiple), wanted, `${total} by ${limit}`)
  }
})

t.test('a large k of few elements is shared by blocks, that are added in their order', async t => {
  for (const [m, n, k] of [
    [1, 1, 100_000],
    [16, 16, 100_000],
    [96, 32, 70_000],
    [1, 3000, 4000],
  ] as const) {
    for (const threads of [1, 2, 5]) {
      const made = calls([task(m, n, k, { beta: 3, b: { ...view, rowStride: n } })], threads)
      const merges = made.flatMap(({ merge }) => merge ?? [])
      if (threads === 1 && n > 1) {
        t.equal(merges.length, 0, 'one thread has nothing to share')
        continue
      }
      const blocks = Math.ceil(k / Math.ceil(k / Math.ceil(k / blocking.float32.kc)))
      const first = merges.filter(({ row }) => row === 0)
      t.equal(
        first.reduce((sum, { count }) => sum + count, 0),
        blocks,
      )
      t.strictSame(
        first.map(({ beta }) => beta),
        first.map((_, at) => (at === 0 ? 3 : 1)),
      )
    }
  }
})
