import t from 'tap'
import { jobTransitions, unitTransitions } from '../../src/core/job.ts'
import { slaveTransitions } from '../../src/core/membership.ts'
import { step } from '../../src/core/transitions.ts'

t.test('a pair in the table gives the new state', async t => {
  t.equal(step(jobTransitions, 'job j', 'waiting', 'running', []), 'running')
  t.equal(step(unitTransitions, 'unit 3', 'assigned', 'ready', []), 'ready')
  t.equal(step(slaveTransitions, 'slave gamma', 'lost', 'present', []), 'present')
})

t.test('any other pair is an error that says what happened before', async t => {
  t.throws(() => step(jobTransitions, 'job j', 'done', 'running', ['submitted at 3 ms', 'running at 5 ms']), {
    code: 'GEMMESH_INTERNAL',
    message:
      'job j cannot become running: it is done and nothing follows it. ' +
      'What happened before: submitted at 3 ms; running at 5 ms',
  })
  t.throws(() => step(unitTransitions, 'unit 3', 'placed', 'assigned', []), { code: 'GEMMESH_INTERNAL' })
  t.throws(() => step(slaveTransitions, 'slave gamma', 'absent', 'lost', []), {
    message:
      'slave gamma cannot become lost: it is absent and it may become present. What happened before: nothing',
  })
})

t.test('the tables: what ends a job ends it for good, and every state can be left or is an end', async t => {
  t.strictSame(
    Object.entries(jobTransitions).flatMap(([state, next]) => (next.length === 0 ? [state] : [])),
    ['done', 'failed', 'cancelled'],
  )
  t.strictSame(
    Object.entries(unitTransitions).flatMap(([state, next]) => (next.length === 0 ? [state] : [])),
    [],
    'a master-combine that lost its folder has lost what was placed',
  )
  t.ok(Object.values(slaveTransitions).every(next => next.length > 0))
})
