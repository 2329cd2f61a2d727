/** References on their way to master-combine, of small products; the numbers themselves are tested with makeReferences. */
import { setImmediate as turn } from 'node:timers/promises'
import { pino } from 'pino'
import t from 'tap'
import { parseCluster } from '../../../src/config.ts'
import { planJob } from '../../../src/core/plan.ts'
import { GemmeshError } from '../../../src/errors.ts'
import { machineDisk } from '../../../src/formats/disk.ts'
import type { References } from '../../../src/protocol/messages.ts'
import type { JobDescription } from '../../../src/roles/assign/jobs/job-description.ts'
import { Verification } from '../../../src/roles/assign/verification.ts'
import type { Shell } from '../../../src/roles/shell.ts'
import { machineWorld, type World } from '../../../src/roles/world.ts'
import { MemoryJournal } from '../../../src/store/journal/memory-journal.ts'
import { MemoryLink } from '../../../src/transport/memory-link.ts'
import { Traffic } from '../../../src/transport/traffic.ts'

const combine = 'http://127.0.0.2:7711'
const cluster = parseCluster(
  {
    'master-assign': { name: 'alpha', ip: '127.0.0.1' },
    'master-combine': { name: 'beta', ip: '127.0.0.2' },
    slaves: [{ name: 'gamma', ip: '127.0.0.3', performance: 1 }],
  },
  'the test',
)
const shape = [48, 32, 16] as const
const plan = planJob({
  job: 'j',
  shape,
  dtype: 'int32',
  slaves: [{ name: 'gamma', performance: 1 }],
  unitEdge: 16,
})

const operand = (id: string, rows: number, columns: number) => ({
  id,
  header: {
    dtype: 'int32' as const,
    shape: [rows, columns],
    rows,
    columns,
    dataOffset: 128,
    dataBytes: 4 * rows * columns,
    dimensions: 2 as const,
    version: 1 as const,
    fortranOrder: false,
    bigEndian: false,
  },
})

const description = (verificationSeed?: string): JobDescription => ({
  request: { operation: 'gemm', a: 'a', b: 'b', alpha: 1, beta: 0 },
  product: {
    dtype: 'int32',
    ...{ m: shape[0], n: shape[1], k: shape[2], shape: [shape[0], shape[1]] },
    a: { stored: [shape[0], shape[2]], transposed: false },
    b: { stored: [shape[2], shape[1]], transposed: false },
  },
  operands: { a: operand('a', shape[0], shape[2]), b: operand('b', shape[2], shape[1]) },
  processors: [],
  submittedAt: new Date(0),
  verificationSeed,
})
const seed = '0123456789abcdef'.repeat(2)

/** A master-assign's part; `answer` is master-combine's, `read` that of the operands. */
function start(
  answer: (message: References) => void | Promise<void> = () => {},
  read: (target: Uint8Array) => void | Promise<void> = target => void target.fill(1),
) {
  const sent: References[] = []
  const failed: [job: string, code: string][] = []
  class Link extends MemoryLink {
    override async call(...[to, route, message]: Parameters<MemoryLink['call']>) {
      t.equal(to, combine)
      t.equal(route, 'references')
      const references = message as References
      await answer(references)
      sent.push(references)
      return {} as never
    }
  }
  const world: World = { ...machineWorld, delay: async () => {}, random: () => 0 }
  const after: (() => void)[] = []
  const shell: Shell = {
    ...{ cluster, name: 'alpha', dataFolder: '/nowhere', traffic: new Traffic(), disk: machineDisk },
    link: new Link(new Map()),
    logger: pino({ level: 'silent' }),
    world: {
      ...world,
      after: (_, action) => {
        after.push(action)
        return () => {}
      },
    },
    openJournal: async () => new MemoryJournal(),
  }
  const verification = new Verification({
    shell,
    combine,
    describe: job => description(job === 'unverified' ? undefined : seed),
    operands: { read: async (_id, _rectangle, target) => read(target) },
    onFailed: (job, { code }) => failed.push([job, code]),
  })
  return {
    verification,
    failed,
    sent,
    /** What waits for the clock. */
    pass: () => after.splice(0).map(action => action()),
    units: () => sent.flatMap(({ units }) => units.map(({ unit }) => unit)).sort((a, b) => a - b),
  }
}

/** Lets everything happen that can. */
async function settle(until: () => boolean): Promise<void> {
  for (let turns = 0; turns < 10_000 && !until(); turns++) await turn()
}
const everyUnit = Array.from({ length: plan.units }, (_, unit) => unit)

t.test('made when the job is planned, sent when it is open', async t => {
  const { verification, sent, units } = start()
  verification.follow({ type: 'open-job', job: 'j', plan, ask: 1 })
  await settle(() => sent.length > 0)
  t.strictSame(sent, [])
  verification.heard({ type: 'job-opened', job: 'j', placed: [] })
  await settle(() => units().length >= plan.units)
  t.strictSame(units(), everyUnit)
  t.equal(sent[0]?.units[0]?.values.length, 8 * 4 * 16, 'eight sums of a row')
  await verification.close()
})

t.test('nothing of a job that is not verified, or of units that are placed', async t => {
  const unverified = start()
  unverified.verification.follow({ type: 'open-job', job: 'unverified', plan, ask: 1 })
  unverified.verification.heard({ type: 'job-opened', job: 'unverified', placed: [] })
  t.strictSame(unverified.sent, [])
  await unverified.verification.close()

  let go = () => {}
  const gate = new Promise<void>(resolve => {
    go = resolve
  })
  const { verification, units } = start(
    () => {},
    async target => {
      await gate
      target.fill(1)
    },
  )
  verification.follow({ type: 'open-job', job: 'k', plan, ask: 1 })
  verification.heard({ type: 'job-opened', job: 'k', placed: [1, 2] })
  go()
  await settle(() => units().length >= plan.units - 2)
  t.ok(everyUnit.every(unit => units().includes(unit) || unit === 1 || unit === 2))
  await verification.close()
})

t.test('sent once more when master-combine was started anew', async t => {
  const { verification, units } = start()
  verification.follow({ type: 'open-job', job: 'j', plan, ask: 1 })
  verification.heard({ type: 'job-opened', job: 'j', placed: [] })
  await settle(() => units().length >= plan.units)
  verification.heard({
    type: 'unit-placed',
    slave: 'gamma',
    ref: { job: 'j', unit: 0, attempt: 1, epoch: 1 },
  })
  verification.heard({ type: 'job-opened', job: 'j', placed: [0, 1] })
  await settle(() => units().length >= 2 * plan.units - 2)
  t.strictSame(
    units(),
    [...everyUnit, ...everyUnit.slice(2)].sort((a, b) => a - b),
  )
  await verification.close()
})

t.test('said again while master-combine does not answer', async t => {
  let tries = 0
  const { verification, units, failed } = start(() => {
    if (++tries <= 3) throw new GemmeshError('GEMMESH_NODE_UNREACHABLE', 'away')
  })
  verification.follow({ type: 'open-job', job: 'j', plan, ask: 1 })
  verification.heard({ type: 'job-opened', job: 'j', placed: [] })
  await settle(() => units().length >= plan.units)
  t.strictSame(units(), everyUnit)
  t.ok(tries > 3)
  t.strictSame(failed, [])
  await verification.close()
})

t.test('a job that ended at master-combine is nobody’s failure', async t => {
  const { verification, failed, units } = start(() => {
    throw new GemmeshError('GEMMESH_JOB_UNKNOWN', 'ended')
  })
  verification.follow({ type: 'open-job', job: 'j', plan, ask: 1 })
  verification.heard({ type: 'job-opened', job: 'j', placed: [] })
  await settle(() => false)
  t.strictSame(units(), [])
  t.strictSame(failed, [])
  await verification.close()
})

t.test('operands that cannot be read: tried again, then the job fails', async t => {
  let broken = true
  const { verification, units, failed, pass } = start(
    () => {},
    target => {
      if (broken) throw new GemmeshError('GEMMESH_OPERAND_UNREADABLE', 'away')
      target.fill(1)
    },
  )
  verification.follow({ type: 'open-job', job: 'j', plan, ask: 1 })
  verification.heard({ type: 'job-opened', job: 'j', placed: [] })
  await settle(() => false)
  t.strictSame(failed, [])
  broken = false
  pass()
  await settle(() => units().length >= plan.units)
  t.strictSame(units(), everyUnit)

  broken = true
  verification.follow({ type: 'open-job', job: 'k', plan, ask: 1 })
  for (let tries = 0; tries < 10 && failed.length === 0; tries++) {
    await settle(() => failed.length > 0)
    pass()
  }
  t.strictSame(failed, [['k', 'GEMMESH_OPERAND_UNREADABLE']])
  await verification.close()
})

t.test('an operand that changed ends the job at once', async t => {
  const { verification, failed } = start(
    () => {},
    () => {
      throw new GemmeshError('GEMMESH_OPERAND_CHANGED', 'another file')
    },
  )
  verification.follow({ type: 'open-job', job: 'j', plan, ask: 1 })
  await settle(() => failed.length > 0)
  t.strictSame(failed, [['j', 'GEMMESH_OPERAND_CHANGED']])
  await verification.close()
})
