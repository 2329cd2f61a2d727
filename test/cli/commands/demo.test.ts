/** `gemmesh demo`: five real processes, and none of them left behind, however it ends. */
import { readdirSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { gemmesh, outcomeOf, type Running, startGemmesh } from '../run-gemmesh.ts'

const temporary = t.testdir({})
const environment = { TMPDIR: temporary }
const words = ['demo', '--size', '300', '--json']

interface NodeRecord {
  readonly name: string
  readonly pid: number
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

function nodesOf(records: readonly Record<string, unknown>[]): readonly NodeRecord[] {
  const nodes = records.find(({ type }) => type === 'cluster')?.nodes
  return Array.isArray(nodes) ? nodes : []
}

/** They are not this process' own, so that there is nothing to await: their pids have to be asked for. */
async function ended(pid: number): Promise<void> {
  while (isAlive(pid)) await delay(10)
}

/** The processes of a demo that has just said that its cluster is ready. */
async function startedNodes(child: Running): Promise<readonly NodeRecord[]> {
  for await (const line of createInterface(child.stdout)) {
    const record: { type: string; nodes: NodeRecord[] } = JSON.parse(line)
    if (record.type === 'cluster') return record.nodes
  }
  return []
}

function nothingIsLeft(t: Test, nodes: readonly NodeRecord[]): void {
  t.equal(nodes.length, 5)
  for (const { name, pid } of nodes) t.notOk(isAlive(pid), `${name} has ended`)
  t.strictSame(readdirSync(temporary), [], 'no file is left')
}

for (const dtype of ['float32', 'float64', 'int32'])
  t.test(`${dtype}: plans, multiplies, checks every element, and ends by itself`, async t => {
    const { exit, stderr, records } = await gemmesh([...words, '--dtype', dtype], environment)
    t.equal(exit, 0, stderr)
    t.match(
      records.find(({ type }) => type === 'plan'),
      { shares: [{ slave: 'gamma' }, { slave: 'delta' }, { slave: 'epsilon' }] },
    )
    const result = records.at(-1)
    t.match(result, {
      type: 'result',
      state: 'done',
      check: { dtype, rows: 300, rowsChecked: 300, elementsChecked: 90_000 },
      traffic: { combine: { tile: { inBytes: Number } } },
    })
    t.notOk(JSON.stringify(result?.traffic).includes('"assign":{"tile"'), 'no tile passes through assign')
    nothingIsLeft(t, nodesOf(records))
  })

t.test('for people', async t => {
  const { exit, stdout, stderr } = await gemmesh(['demo', '--size', '200'], environment)
  t.equal(exit, 0, stderr)
  t.match(stdout, /a cluster of 5 processes is ready/)
  t.match(stdout, /plan: \d+ work units?/)
  t.match(stdout, /GFLOPS/)
  t.match(stdout, /tile bytes through alpha \(assign\): 0; through beta \(combine\): \d{6}/)
  t.match(stdout, /checked: every one of the 40000 elements equals the naive product but for rounding/)
  t.match(stdout, /all 5 processes have ended/)
  t.match(stderr, /multiply: \d+ %/)
})

t.test('Ctrl-C', async t => {
  const child = startGemmesh(words, environment)
  const nodes = await startedNodes(child)
  child.kill('SIGINT')
  t.equal((await outcomeOf(child)).exit, 130)
  nothingIsLeft(t, nodes)
})

t.test('a master that dies ends the demo, which says which one', async t => {
  const child = startGemmesh(['demo', '--size', '3000', '--json'], environment)
  const nodes = await startedNodes(child)
  process.kill(nodes.find(({ name }) => name === 'beta')?.pid ?? 0, 'SIGKILL')
  const { exit, stderr } = await outcomeOf(child)
  t.equal(exit, 3)
  t.match(stderr, /^error GEMMESH_NODE_UNREACHABLE: node beta ended unexpectedly \(SIGKILL\)/)
  nothingIsLeft(t, nodes)
})

t.test('killed outright it cannot tidy up, but its processes end all the same', async t => {
  const child = startGemmesh(words, environment)
  const nodes = await startedNodes(child)
  child.kill('SIGKILL')
  t.equal((await outcomeOf(child)).exit, 'SIGKILL')
  for (const { pid } of nodes) await ended(pid)
  t.equal(nodes.filter(({ pid }) => isAlive(pid)).length, 0)
})
