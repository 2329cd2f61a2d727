/**
 * The walls of the house: who may import whom, no circles, a pure core, no file that is two ideas.
 * The drawing of it is in docs/ARCHITECTURE.md.
 */
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import t from 'tap'
import ts from 'typescript'

const root = join(import.meta.dirname, '..')
const linesLimit = 300

/** For each layer, by path under src/, the layers below that it may import; its own is always allowed. */
const below: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  version: [],
  config: ['errors'],
  core: ['errors'],
  simulation: ['core', 'errors'],
  verification: ['kernel', 'core', 'errors'],
  kernel: ['core/matrix', 'core/semiring', 'formats/make-folder', 'errors'],
  pool: ['kernel', 'core/matrix', 'core/semiring', 'errors'],
  'formats/make-folder': [],
  formats: ['formats/make-folder', 'core/matrix', 'core/geometry', 'errors'],
  protocol: ['core', 'errors'],
  transport: ['protocol', 'core', 'errors'],
  store: ['formats', 'core', 'errors'],
  'api/schemas': [],
  dashboard: ['api/schemas'],
  client: ['api/schemas', 'formats', 'errors'],
  library: ['pool', 'kernel', 'core', 'errors'],
  index: ['library', 'core', 'errors'],
  api: ['api/schemas', 'transport', 'protocol', 'store', 'formats', 'core', 'config', 'errors'],
  roles: [
    ...['api', 'api/schemas', 'transport', 'protocol', 'store', 'formats', 'pool', 'kernel', 'core'],
    ...['verification', 'config', 'errors', 'version'],
  ],
  cli: [
    ...['roles', 'client', 'api/schemas', 'transport', 'protocol', 'store', 'formats', 'pool', 'kernel'],
    ...['core', 'config', 'errors', 'version', 'simulation', 'verification'],
  ],
}

const sources = globSync('src/**/*.ts', { cwd: root }).filter(path => !path.endsWith('.d.ts'))

interface Import {
  readonly from: string
  /** A path under the root where the import is relative, else the package or node: module. */
  readonly to: string
  readonly isLocal: boolean
}

/** All static, dynamic and type imports and re-exports of a file. */
function importsOf(path: string): Import[] {
  const file = parse(path)
  const found: Import[] = []
  const add = (specifier: ts.Node | undefined) => {
    if (specifier === undefined || !ts.isStringLiteral(specifier)) return
    const isLocal = specifier.text.startsWith('.')
    const to = isLocal ? relative(root, join(root, dirname(path), specifier.text)) : specifier.text
    found.push({ from: path, to, isLocal })
  }
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) add(node.moduleSpecifier)
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0])
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      add(node.argument.literal)
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return found
}

const parse = (path: string): ts.SourceFile =>
  ts.createSourceFile(path, readFileSync(join(root, path), 'utf8'), ts.ScriptTarget.Latest, true)

/** `src/core/scheduler/jobs.ts` -> `core/scheduler/jobs` */
const modulePath = (path: string): string => path.replace(/^src\//, '').replace(/\.(ts|js)$/, '')

const belongs = (module: string, layer: string): boolean => module === layer || module.startsWith(`${layer}/`)

/** The layer with the longest name that the module belongs to. */
function layerOf(module: string): string | undefined {
  const layers = Object.keys(below).filter(layer => belongs(module, layer))
  return layers.sort((a, b) => b.length - a.length)[0]
}

const imports = sources.flatMap(importsOf)

t.test('imports point one way', async t => {
  t.ok(imports.length > 20, 'the scan finds imports')
  const faults = imports.flatMap(({ from, to, isLocal }) => {
    const layer = layerOf(modulePath(from))
    if (layer === undefined) return [`${from} is in no layer; add its folder to the table`]
    if (!isLocal || to === 'package.json') return []
    if (!to.startsWith('src/')) return [`${from} imports ${to}, which is not in src`]
    const target = modulePath(to)
    const isAllowed = layerOf(target) === layer || (below[layer] ?? []).some(other => belongs(target, other))
    // A layer named for a part of a folder does not open the rest of it.
    return isAllowed ? [] : [`${from} imports ${to}: ${layer} may import ${(below[layer] ?? []).join(', ')}`]
  })
  t.strictSame(faults, [])
})

t.test('no circles', async t => {
  const edges = new Map<string, string[]>()
  for (const { from, to, isLocal } of imports) {
    if (isLocal) edges.set(from, [...(edges.get(from) ?? []), to])
  }
  const finished = new Set<string>()
  const circles: string[] = []
  const walk = (path: string, above: readonly string[]): void => {
    if (above.includes(path)) circles.push([...above.slice(above.indexOf(path)), path].join(' -> '))
    if (above.includes(path) || finished.has(path)) return
    for (const next of edges.get(path) ?? []) walk(next, [...above, path])
    finished.add(path)
  }
  for (const path of edges.keys()) walk(path, [])
  t.strictSame(circles, [])
})

t.test('the core is pure', async t => {
  const core = sources.filter(path => path.startsWith('src/core/'))
  t.ok(core.length > 10, 'the scan finds the core')
  const packages = imports.filter(({ from, isLocal }) => from.startsWith('src/core/') && !isLocal)
  t.strictSame(packages, [], 'it imports no node: module and no package')

  const uses = core.flatMap(path => impurities(parse(path)).map(use => `${path}: ${use}`))
  t.strictSame(uses, [], 'it uses no clock, no timer, no chance, no output')
  const impure = 'const o = { Date: 1 }; o.Date; setTimeout(() => Math.random(), Date.now()); await o'
  const sample = ts.createSourceFile('sample.ts', impure, ts.ScriptTarget.Latest, true)
  t.strictSame(impurities(sample), ['setTimeout', 'Math.random', 'Date', 'await'], 'the scan finds such uses')
})

/** What a pure module has no use for. */
const forbidden = new Set([
  ...['process', 'console', 'globalThis', 'global', 'window', 'self', 'require', 'Buffer', 'crypto'],
  ...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'clearTimeout', 'clearInterval'],
  ...['Date', 'Temporal', 'fetch', 'WebAssembly', 'Atomics', 'SharedArrayBuffer', 'Worker', 'navigator'],
])
const forbiddenProperties = new Set(['Math.random', 'performance.now', 'performance.timeOrigin'])

function impurities(file: ts.SourceFile): string[] {
  const uses: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node)) {
      if (forbiddenProperties.has(node.getText(file))) uses.push(node.getText(file))
      visit(node.expression) // the name after the dot is a property, whatever it is called
      return
    }
    if (ts.isIdentifier(node) && forbidden.has(node.text) && !isPropertyName(node)) uses.push(node.text)
    if (ts.isAwaitExpression(node)) uses.push('await')
    ts.forEachChild(node, visit)
  }
  visit(file)
  return uses
}

function isPropertyName(node: ts.Identifier): boolean {
  const { parent } = node
  return (
    (ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent) || ts.isMethodDeclaration(parent)) &&
    parent.name === node
  )
}

t.test('the kernel sources import nothing but each other', async t => {
  const faults = globSync('assembly/**/*.ts', { cwd: root })
    .flatMap(importsOf)
    .filter(({ to, isLocal }) => !isLocal || !to.startsWith('assembly/'))
  t.strictSame(faults, [])
})

t.test(`no file has more than ${linesLimit} lines`, async t => {
  const files = [...sources, ...globSync('assembly/**/*.ts', { cwd: root })]
  const long = files
    .filter(path => !path.includes('generated'))
    .map(path => ({ path, lines: readFileSync(join(root, path), 'utf8').trimEnd().split('\n').length }))
    .filter(({ lines }) => lines > linesLimit)
  t.strictSame(long, [], 'a file that wants more wants to be two ideas')
})
