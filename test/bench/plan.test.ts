import t from 'tap'
import { oddShapes } from '../../bench/odd-shapes.ts'
import { parseShapes, planSections } from '../../bench/plan.ts'
import { systems } from '../../bench/systems.ts'

const known = systems({}).map(({ name }) => name)

t.test('without options: four squares, both float dtypes, one thread and all', async t => {
  const [section, ...others] = planSections({}, 2, known)
  t.strictSame(others, [])
  t.match(section, { name: 'square', dtypes: ['float32', 'float64'], threads: [1, 2], trials: 5 })
  t.strictSame(
    section?.shapes.map(({ n }) => n),
    [256, 512, 1024, 2048],
  )
  t.equal(section?.systems, undefined, 'all systems that are there')
  t.strictSame(planSections({}, 1, known)[0]?.threads, [1], 'a machine of one core is measured once')
})

t.test('--shapes alone measures no squares; --full everything', async t => {
  const sections = planSections({ shapes: '2000x16x2000,8', dtypes: 'int32', peers: 'numpy' }, 2, known)
  t.match(sections, [{ name: 'shapes', dtypes: ['int32'], systems: ['kernel', 'library', 'pool', 'numpy'] }])
  t.strictSame(sections[0]?.shapes, [
    { m: 2000, n: 16, k: 2000 },
    { m: 8, n: 8, k: 8 },
  ])
  t.strictSame(
    planSections({ full: true }, 2, known).map(({ name }) => name),
    ['square', 'shapes', 'beyond', 'beyond'],
  )
})

t.test('no peers, and only gemmesh', async t => {
  t.strictSame(planSections({ peers: 'none' }, 2, known)[0]?.systems, ['kernel', 'library', 'pool'])
})

t.test('what cannot be measured is refused, by the name of the option', async t => {
  for (const [options, message] of [
    [{ sizes: '256,x' }, /--sizes 256,x: x is not a whole number/],
    [{ sizes: '0' }, /--sizes 0/],
    [{ threads: '1.5' }, /--threads 1.5/],
    [{ trials: '-1' }, /--trials -1/],
    [{ dtypes: 'float16' }, /--dtypes float16: float16 is none of float32, float64, int32/],
    [{ peers: 'numpy,blas' }, /--peers numpy,blas: there is no blas. Known: numpy, /],
    [{ shapes: '3x4' }, /--shapes 3x4: 3x4 is not m x n x k/],
    [{ shapes: '100000x100000x1' }, /matrices of \d+ elements at most/],
  ] as const) {
    t.throws(() => planSections(options, 2, known), { code: 'GEMMESH_USAGE', message })
  }
})

t.test('about forty odd shapes, each once', async t => {
  const shapes = parseShapes('odd')
  t.equal(shapes, oddShapes)
  t.ok(shapes.length >= 40 && shapes.length <= 48, `${shapes.length} of them`)
  t.equal(new Set(shapes.map(({ m, n, k }) => `${m} ${n} ${k}`)).size, shapes.length)
})
