import t from 'tap'
import { JobPace } from '../../../src/core/scheduler/pace.ts'

const flops = 1000
const near = (t: Tap, found: number, wanted: number) => t.ok(Math.abs(found / wanted - 1) < 1e-12, `${found}`)
type Tap = Pick<typeof import('tap').default, 'ok'>

t.test(
  'what a first unit took beyond its arithmetic is the start, which others have before them',
  async t => {
    const pace = new JobPace(() => 1)
    t.equal(pace.isTimed, false)
    pace.record('gamma', flops, 500)
    near(t, pace.rate('gamma'), 2)
    t.equal(pace.startMs('delta'), 0, 'nothing is known of it yet')
    pace.settle('gamma', flops, 100)
    near(t, pace.rate('gamma'), 10)
    near(t, pace.rate('delta'), 10)
    near(t, pace.relative('delta'), 1)
    t.equal(pace.startMs('delta'), 400)
    t.equal(pace.startMs('gamma'), 0, 'it has it behind it')
    pace.record('delta', flops, 300)
    pace.settle('delta', flops, 100)
    t.equal(pace.startMs('epsilon'), 300, 'the mean of both')
  },
)

t.test('later units, and figures without a time, say nothing of the start', async t => {
  const pace = new JobPace(() => 1)
  pace.record('gamma', flops, 500)
  pace.settle('gamma', flops, 0)
  pace.settle('gamma', flops, 100)
  near(t, pace.rate('gamma'), 2)
  pace.record('delta', flops, 500)
  pace.record('delta', flops, 500)
  pace.settle('delta', flops, 100)
  near(t, pace.rate('delta'), 2)
  pace.record('epsilon', flops, 500)
  pace.settle('epsilon', flops, 600)
  near(t, pace.rate('epsilon'), 2)
  pace.settle('nobody', flops, 100)
  t.equal(pace.startMs('nobody'), 0)
})
