import { execFileSync, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { createProgram } from '../../src/cli/program.ts'
import { version } from '../../src/version.ts'
import { gemmesh } from './run-gemmesh.ts'

const bin = fileURLToPath(new URL('../../bin/gemmesh.js', import.meta.url))

const program = await createProgram()
const commands = program.commands.flatMap(command =>
  command.commands.length > 0
    ? command.commands.map(child => [command.name(), child.name()])
    : [[command.name()]],
)

t.test('every command has --help with examples, --json and --quiet', async t => {
  for (const words of commands) {
    const { exit, stdout, stderr } = await gemmesh([...words, '--help'])
    t.match({ exit, stderr }, { exit: 0, stderr: '' }, words.join(' '))
    for (const what of [`Usage: gemmesh ${words.join(' ')}`, 'Examples:', '--json', '--quiet'])
      t.match(stdout, what, `${words.join(' ')}: ${what}`)
  }
})

t.test('help lists every command and the exit codes', async t => {
  const { exit, stdout } = await gemmesh(['--help'])
  t.equal(exit, 0)
  for (const [name] of commands) t.match(stdout, new RegExp(`^ {2}${name}\\b`, 'm'))
  t.match(stdout, /Exit codes:\n {2}0 done/)
})

t.test('--version', async t => {
  for (const flag of ['--version', '-V']) t.match(await gemmesh([flag]), { exit: 0, stdout: `${version}\n` })
})

t.test('without a command: help, and an error', async t => {
  const { exit, stdout, stderr } = await gemmesh([])
  t.match({ exit, stdout }, { exit: 2, stdout: '' })
  t.match(stderr, /^Usage: gemmesh[\s\S]*error GEMMESH_USAGE: no command/)
})

t.test('a command that is not there has no help', async t => {
  for (const more of [[], ['--help']])
    t.match(await gemmesh(['mulitply', ...more]), {
      exit: 2,
      stdout: '',
      stderr: /'mulitply'\. Did you mean multiply/,
    })
})

t.test('a reader that goes away early is no error', async t => {
  const pipe = `"${process.execPath}" "${bin}" --help | head -n 1`
  const { stdout, stderr, status } = spawnSync('/bin/sh', ['-c', pipe], { encoding: 'utf8' })
  t.match({ stdout, stderr, status }, { stdout: /^Usage: gemmesh/, stderr: '', status: 0 })
})

const old = ['/usr/bin/node', '/usr/local/bin/node'].find(path => {
  const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' })
  return Number.parseInt(/^v(\d+)/.exec(stdout ?? '')?.[1] ?? '99', 10) < 24
})

t.test(
  'an old Node says in one line what is needed',
  { skip: old ? false : 'no Node older than 24 here' },
  t => {
    const { status, stdout, stderr } = spawnSync(old ?? '', [bin, 'doctor'], { encoding: 'utf8' })
    t.match({ status, stdout }, { status: 2, stdout: '' })
    t.match(
      stderr,
      /^error GEMMESH_USAGE: gemmesh needs Node 24 or newer, but \S+ is Node \d+\.\d+\.\d+\. .*\n$/,
    )
    t.end()
  },
)

t.test('bin/gemmesh.js is the same command line', t => {
  t.equal(execFileSync(process.execPath, [bin, '--version'], { encoding: 'utf8' }), `${version}\n`)
  t.end()
})
