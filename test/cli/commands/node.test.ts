/** `gemmesh node`: real processes that start, say so, and end in good order. */
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import t from 'tap'
import { freePlaces } from '../../../src/cli/demo/ports.ts'
import { health } from '../../../src/client/index.ts'
import { outcomeOf, type Running, startGemmesh } from '../run-gemmesh.ts'

const folder = t.testdir({})
const [assign, combine, slave] = await freePlaces(['127.0.0.1', '127.0.0.1', '127.0.0.3'])
const config = join(folder, 'cluster.json')
writeFileSync(
  config,
  JSON.stringify({
    'master-assign': { name: 'alpha', ...assign },
    'master-combine': { name: 'alpha', ...combine },
    slaves: [{ name: 'gamma', ...slave, performance: 1, threads: 1, memory: '64MiB' }],
  }),
)
const words = (name: string, ...more: string[]) => [
  ...['node', '--config', config, '--name', name, '--data', join(folder, 'data'), ...more],
]

/** The first line on stdout. */
async function firstLine(child: Running): Promise<string> {
  const [line]: unknown[] = await once(createInterface(child.stdout), 'line')
  return String(line)
}

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  t.test(`says when it is ready and where; ${signal} ends it in good order`, async t => {
    const child = startGemmesh(words('alpha'))
    const line = await firstLine(child)
    const origin = `http://127.0.0.1:${assign?.port}`
    t.match(line, /^gemmesh node alpha \(assign-reduce\) ready at http/)
    t.match(line, origin)
    t.match(await health(origin), { name: 'alpha', roles: ['assign'] })
    child.kill(signal)
    const { exit, stderr } = await outcomeOf(child)
    t.equal(exit, 0, stderr)
    for (const log of stderr.trim().split('\n')) t.type(JSON.parse(log), 'object', 'logs are JSON on stderr')
  })

t.test('--mode splits a node into two processes; --json says readiness as a record', async t => {
  const children = ['assign', 'reduce'].map(mode =>
    startGemmesh(words('alpha', '--mode', mode, '--json', '--quiet')),
  )
  const lines = await Promise.all(children.map(firstLine))
  t.match(
    lines.map(line => JSON.parse(line)),
    [
      {
        type: 'ready',
        name: 'alpha',
        mode: 'assign',
        origins: [`http://127.0.0.1:${assign?.port}`],
        pid: Number,
      },
      {
        type: 'ready',
        name: 'alpha',
        mode: 'reduce',
        origins: [`http://127.0.0.1:${combine?.port}`],
        pid: Number,
      },
    ],
  )
  for (const child of children) child.kill('SIGTERM')
  for (const child of children) t.match(await outcomeOf(child), { exit: 0, stderr: '' })
})

t.test('--until-stdin-ends: it ends with the process that started it', async t => {
  const child = startGemmesh(words('gamma', '--until-stdin-ends'))
  t.match(await firstLine(child), /gamma \(slave\) ready/)
  child.stdin.end()
  t.equal((await outcomeOf(child)).exit, 0)
})
