/**
 * Writes assembly/generated/ from scripts/kernel-table.mjs: a class a micro-kernel, and an entry file a variant.
 *
 *   node scripts/generate-kernels.mjs           write what changed
 *   node scripts/generate-kernels.mjs --check   write nothing; exit code 1 names the files that differ
 */
import { mkdirSync, readdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { dtypes, semirings, shapes, variants } from './kernel-table.mjs'

const folder = new URL('../assembly/generated/', import.meta.url)
const vectorBytes = 16
const header =
  '// Written by scripts/generate-kernels.mjs from scripts/kernel-table.mjs: change those, not this.\n'
const range = count => Array.from({ length: count }, (_, i) => i)
const capital = word => word[0].toUpperCase() + word.slice(1)
const camel = words => words.split('-').map(capital).join('')

/** What a kernel is called: BLIS and XNNPACK style, with the arithmetic where two of the same shape may exist. */
function naming({ operation, dtype, mr, nr, variant }) {
  const { short } = dtypes[dtype]
  const adds = operation === 'gemm' || semirings[operation]?.adds
  const fused = adds && dtype !== 'int32' && variants[variant].multiplyAdd === 'fma'
  return {
    file: `${operation}-ukr-${short}-${mr}x${nr}${fused ? '-fma' : ''}`,
    className: `${camel(operation)}Ukr${capital(short)}${mr}x${nr}${fused ? 'Fma' : ''}`,
    fused,
  }
}

/**
 * Copies `bytes` contiguous bytes (a multiple of 4) from `source` to `target` with the fewest vector operations. Vectors go
 * in pairs, both loads before both stores, so that the revectorizer makes one of them.
 */
function copyText(bytes, indent) {
  const lines = []
  const vectors = Math.floor(bytes / vectorBytes)
  for (let first = 0; first < vectors; first += 2) {
    const pair = range(Math.min(2, vectors - first)).map(q => first + q)
    for (const q of pair) lines.push(`const v${q} = v128.load(source, ${q * vectorBytes});`)
    for (const q of pair) lines.push(`v128.store(target, v${q}, ${q * vectorBytes});`)
  }
  let at = vectors * vectorBytes
  if (bytes - at >= 8) {
    lines.push(`store<u64>(target, load<u64>(source, ${at}), ${at});`)
    at += 8
  }
  if (bytes - at >= 4) lines.push(`store<u32>(target, load<u32>(source, ${at}), ${at});`)
  return lines.map(line => `${indent}${line}\n`).join('')
}

/**
 * The tail of a micro-kernel: C from the accumulators. Vectors go in pairs, both loads before both stores, because the
 * revectorizer pairs nothing across a store. Multiply and add are rounded apart in every variant, so that a micro-tile
 * at an edge, which is merged by assembly/merge.ts, gets the same bits as one in the middle. `someRows`: it ends after `rows`.
 */
function tailText(row, vectors, expression, someRows) {
  let text = ''
  for (const i of range(row.mr)) {
    for (let j = 0; j < vectors; j += 2) {
      const pair = range(Math.min(2, vectors - j)).map(q => j + q)
      for (const q of pair)
        text += `      const x${i}_${q} = ${expression(`c${i}_${q}`, `v128.load(c, ${q * vectorBytes})`)};\n`
      for (const q of pair) text += `      v128.store(c, x${i}_${q}, ${q * vectorBytes});\n`
    }
    if (i < row.mr - 1)
      text += `${someRows ? `      if (rows == ${i + 1}) return;\n` : ''}      c += rowBytes;\n`
  }
  return text
}

/** A micro-tile from memory added to C, in pairs as above. */
function addTileText(row, vectors, vector) {
  let text = ''
  for (const i of range(row.mr)) {
    for (let j = 0; j < vectors; j += 2) {
      const pair = range(Math.min(2, vectors - j)).map(q => j + q)
      for (const q of pair) {
        const product = `${vector}.mul(v128.load(tile, ${(i * vectors + q) * vectorBytes}), signs)`
        text += `    const x${i}_${q} = ${vector}.add(v128.load(c, ${q * vectorBytes}), ${product});\n`
      }
      for (const q of pair) text += `    v128.store(c, x${i}_${q}, ${q * vectorBytes});\n`
    }
    if (i < row.mr - 1) text += '    c += rowBytes;\n'
  }
  return text
}

/**
 * How steps of k follow each other.
 *
 *   unroll        steps in one turn of the loop. V8 looks for interrupts at each turn, and adds to each pointer: a sixth of the
 *                 instructions of a loop of one step. An exit after each step makes it a basic block of its own; in a larger
 *                 block the revectorizer would move all loads to the front, and run out of registers
 *   movesPointer  whether packed steps move A's pointer on, and so have the same offsets: V8 computes the address of a broadcast
 *                 that has an offset by an instruction of its own, once a turn for each offset
 *
 * Where a product is added by a second instruction (mul, then add), what spares five instructions of thirty takes 4 % longer,
 * for a reason that was not found.
 */
function stepsOf(row) {
  const addsProduct = !(row.operation in semirings) && !naming(row).fused
  return addsProduct ? { unroll: 4, movesPointer: false } : { unroll: 8, movesPointer: true }
}

/**
 * What a micro-kernel computes, as text over vectors: gemm in its variant's way, a semiring as the table says. `x` is an
 * accumulator at the end, `old` what C held, `product` what `store` made of an accumulator.
 */
function arithmeticOf(row) {
  const { short, vector } = dtypes[row.dtype]
  const { fused } = naming(row)
  const times = (x, y) => `${vector}.mul(${x}, ${y})`
  const plus = (x, y) => `${vector}.add(${x}, ${y})`
  if (row.operation in semirings) {
    const { zero, step, add, clean, finish = (_, x) => x } = semirings[row.operation]
    // A minimum needs the units that add; x * 1 + y is the same sum, on those that multiply. V8 pairs no vector constant.
    const plusBeside = fused ? (x, y) => `${vector}.relaxed_madd(${x}, one, ${y})` : plus
    return {
      before: fused ? `const one = ${vector}.splat(alpha);` : undefined,
      zero: zero(short),
      step: (a, b, c) => step(vector, a, b, c, plusBeside),
      store: x => finish(vector, x),
      add: (x, old) => finish(vector, add(vector, x, old)),
      combine: finish(vector, add(vector, 'product', 'old')),
      kept: finish(vector, add(vector, `${vector}.splat(${zero(short)})`, 'old')),
      clean: clean?.(vector, 'x', short) || undefined,
    }
  }
  return {
    zero: '0',
    step: (a, b, c) =>
      row.operation === 'dot'
        ? plus(c, `i32x4.dot_i16x8_s(${a}, ${b})`)
        : fused
          ? `${vector}.relaxed_madd(${a}, ${b}, ${c})`
          : plus(c, times(a, b)),
    store: x => times(x, 'scale'),
    add: (x, old) => plus(old, times(x, 'scale')),
    blend: (x, old) => plus(times(old, 'keep'), times(x, 'scale')),
    combine: `mode == ADD ? ${plus('old', 'product')} : ${plus(times('old', 'keep'), 'product')}`,
    kept: times('old', 'keep'),
  }
}

/** The text of one micro-kernel's file. */
export function kernelText(row) {
  const { short, bytes, vector } = dtypes[row.dtype]
  const { className, file } = naming(row)
  const { before, zero, step, store, add, blend, combine, kept, clean } = arithmeticOf(row)
  const vectors = (row.nr * bytes) / vectorBytes
  if (!Number.isInteger(vectors)) throw new Error(`${file}: nr is not a whole number of vectors`)
  const splat = `v128.load${bytes * 8}_splat`
  const accumulators = range(row.mr).flatMap(i => range(vectors).map(j => `c${i}_${j}`))

  /** A step of k: `bAt` and `aAt` are the arguments of loads; `next` follows where there is another step. */
  const stepText = (bAt, aAt, next = '') => {
    let text = ''
    for (const j of range(vectors)) text += `        const b${j} = v128.load(${bAt(j)});\n`
    for (const i of range(row.mr)) {
      text += `        const a${i} = ${splat}(${aAt(i)});\n`
      for (const j of range(vectors))
        text += `        c${i}_${j} = ${step(`a${i}`, `b${j}`, `c${i}_${j}`)};\n`
    }
    return `      {\n${text}      }\n      if (--k == 0) break;\n${next}`
  }
  const begin = [before ?? [], accumulators.map(name => `let ${name} = ${vector}.splat(${zero});`)]
    .flat(2)
    .map(line => `    ${line}\n`)
    .join('')
  /** `someRows`: only as many as `rows` says. */
  const end = (someRows = false) => {
    const tail = expression => tailText(row, vectors, expression, someRows)
    return `${blend ? `    const scale = ${vector}.splat(alpha);\n` : ''}    if (mode == STORE) {
${tail(store)}    } else ${blend ? 'if (mode == ADD) ' : ''}{
${tail(add)}    }${
      blend
        ? ` else {
      const keep = ${vector}.splat(beta);
${tail(blend)}    }`
        : ''
    }
  }
`
  }
  const stepBytes = row.mr * bytes
  const { unroll, movesPointer } = stepsOf(row)
  const packedStep = at =>
    stepText(
      j => `b, ${(at * vectors + j) * vectorBytes}`,
      i => `a, ${(movesPointer ? 0 : at * stepBytes) + i * bytes}`,
      movesPointer ? `      a += ${stepBytes};\n` : '',
    )
  const stepOfRows = at =>
    stepText(
      j => `b, ${j * vectorBytes}`,
      i => `row${i}, ${at * bytes}`,
      '      b += bStepBytes;\n',
    )
  const modes = blend
    ? `STORE, C is not read), C + alpha * A * B (ADD) or beta * C + alpha * A * B (BLEND).`
    : `STORE, C is not read) or C + A * B (ADD), in the arithmetic of ${row.operation}; ${before ? 'alpha is 1' : 'alpha'}, beta ${before ? 'is' : 'are'} not read.`

  return `${header}import { ${blend ? 'ADD, ' : ''}STORE } from '../mode';

/** ${file}: micro-panels of A (${row.mr} rows) and B (${row.nr} columns), ${vectors} vectors a row. Contract: assembly/README.md */
@unmanaged @final
export class ${className} {
  @inline get mr(): i32 { return ${row.mr}; }
  @inline get nr(): i32 { return ${row.nr}; }
  /** Whether it has \`tileOfRows\`. */
  @inline get readsRows(): bool { return ${blend !== undefined}; }
  /** The sum of nothing. */
  @inline get zero(): ${short} { return ${zero}; }
${
  blend
    ? `  /** a * b + c, as a micro-tile does it. */
  @inline multiplyAdd(a: v128, b: v128, c: v128): v128 { return ${step('a', 'b', 'c')}; }
  /** Whether sums have to be added in the order of k: the bits are those of every host. */
  @inline get ordered(): bool { return ${row.dtype !== 'int32' && !naming(row).fused}; }
`
    : ''
}
  /** k > 0. C = ${blend ? 'alpha * ' : ''}A * B (${modes} */
  tile(k: i32, a: usize, b: usize, c: usize, rowBytes: usize, alpha: ${short}, beta: ${short}, mode: i32): void {
${begin}    for (;;) {
${range(unroll).map(packedStep).join('')}${movesPointer ? '' : `      a += ${unroll * stepBytes};\n`}      b += ${unroll * row.nr * bytes};
    }
${end()}
${
  blend
    ? `  /** As \`tile\`, of the first \`rows\` rows of A, contiguous where they are; steps of B are \`bStepBytes\` apart. */
  tileOfRows(
    rows: i32, k: i32, a: usize, aRowBytes: usize, b: usize, bStepBytes: usize, c: usize, rowBytes: usize,
    alpha: ${short}, beta: ${short}, mode: i32,
  ): void {
    // Rows that are not there are the last one again, whose products are not stored.
    let row0 = a;
${range(row.mr - 1)
  .map(i => `    let row${i + 1} = select(row${i} + aRowBytes, row${i}, rows > ${i + 1});\n`)
  .join('')}${begin}    for (;;) {
${range(unroll).map(stepOfRows).join('')}${range(row.mr)
  .map(i => `      row${i} += ${unroll * bytes};\n`)
  .join('')}    }
${end(true)}
`
    : ''
}  /** What C becomes of what it held and of what STORE gave, where mode is not STORE; \`keep\` is beta in each lane. */
  @inline combine(old: v128, product: v128, keep: v128, mode: i32): v128 {
    return ${combine};
  }

  /** What C becomes of what it held where nothing is added to it. */
  @inline kept(old: v128, keep: v128): v128 {
    return ${kept};
  }

${
  blend && short !== 'i32'
    ? `  /** Adds a whole micro-tile that STORE wrote without gaps, times \`sign\` (1 or -1), to C. */
  addTile(tile: usize, c: usize, rowBytes: usize, sign: ${short}): void {
    const signs = ${vector}.splat(sign);
${addTileText(row, vectors, vector)}  }

`
    : ''
}  /** Readies a packed block of A, \`bytes\` rounded up to 16 long${clean ? '' : ': nothing to do'}. */
  cleanA(packed: usize, bytes: usize): void {${
    clean
      ? `
    const end = packed + bytes;
    for (; packed < end; packed += 16) {
      const x = v128.load(packed);
      v128.store(packed, ${clean});
    }
  `
      : ''
  }}

  /** Packs ${row.mr} adjacent elements a step: a micro-panel of A whose rows are contiguous in memory (A transposed). */
  copyA(k: i32, source: usize, stepBytes: usize, target: usize): void {
    for (; k > 0; --k) {
${copyText(row.mr * bytes, '      ')}      source += stepBytes;
      target += ${row.mr * bytes};
    }
  }

  /** Packs ${row.nr} adjacent elements a step: a micro-panel of B whose columns are contiguous in memory. */
  copyB(k: i32, source: usize, stepBytes: usize, target: usize): void {
    for (; k > 0; --k) {
${copyText(row.nr * bytes, '      ')}      source += stepBytes;
      target += ${row.nr * bytes};
    }
  }
}
`
}

/** The operations of a shape: gemm, of int32 dot for pairs (int8), and the semirings, each with its own rows of the same columns. */
const kernelsOf = ({ gemm, semiring, ...shape }) => [
  { operation: 'gemm', mr: gemm, ...shape },
  ...(shape.dtype === 'int32' ? [{ operation: 'dot', mr: gemm, ...shape }] : []),
  ...Object.keys(semirings).map(operation => ({ operation, mr: semiring, ...shape })),
]

/** What a shape exports, named by gemm's micro-tile. What several shapes share becomes one function when it is optimized. */
function shapeText(shape) {
  const { short } = dtypes[shape.dtype]
  const suffix = `${shape.dtype}_${shape.gemm}x${shape.nr}`
  const [gemm] = kernelsOf(shape)
  const { className } = naming(gemm)
  const ofDtype = `
export function pack_${suffix}(k: i32, n: i32, b: usize, rowStride: i32, columnStride: i32, target: usize): void {
  packB<${short}, ${className}>(k, n, b, rowStride, columnStride, target);
}
export function inner_${suffix}(k: i32, alpha: f64, a: usize, b: usize, sums: usize, kc: i32): void {
  inner<${short}, ${className}>(k, <${short}>alpha, a, b, sums, kc);
}

export function small_${suffix}(
  m: i32, n: i32, k: i32, alpha: f64, a: usize, aRowStride: i32, b: usize, bRowStride: i32,
  beta: f64, c: usize, cRowStride: i32, workspace: usize,
): void {
  small<${short}, ${className}>(
    m, n, k, <${short}>alpha, a, aRowStride, b, bRowStride, <${short}>beta, c, cRowStride, workspace,
  );
}

export function row_${suffix}(
  n: i32, k: i32, alpha: f64, a: usize, aStride: i32, b: usize, rowStride: i32, columnStride: i32,
  beta: f64, c: usize, cStride: i32, sums: usize, kc: i32,
): void {
  row<${short}, ${className}>(
    n, k, <${short}>alpha, a, aStride, b, rowStride, columnStride, <${short}>beta, c, cStride, sums, kc,
  );
}
`
  const ofSums = `
export function sum_${suffix}(
  rows: i32, columns: i32, table: usize, count: i32, rowStride: i32, target: usize, targetStride: i32,
): void {
  sum<${short}>(rows, columns, table, count, rowStride, target, targetStride);
}
export function spread_${suffix}(
  m: i32, n: i32, k: i32, alpha: f64, a: usize, aRowStride: i32, aColumnStride: i32, packed: usize,
  beta: f64, table: usize, count: i32, targetStride: i32, workspace: usize,
): void {
  spread<${short}, ${className}>(
    m, n, k, <${short}>alpha, a, aRowStride, aColumnStride, packed,
    <${short}>beta, table, count, targetStride, workspace,
  );
}
`
  const ofOperation = kernelsOf(shape).map(row => {
    const { className } = naming(row)
    const name = `${row.operation.replace('-', '_')}_${suffix}`
    return `export function ${name}(
  m: i32, n: i32, k: i32, alpha: f64, a: usize, aRowStride: i32, aColumnStride: i32,
  packed: usize, packedColumns: i32, firstColumn: i32,
  beta: f64, c: usize, cRowStride: i32, cColumnStride: i32, workspace: usize, mc: i32, kc: i32,
): void {
  gemm<${short}, ${className}>(
    m, n, k, <${short}>alpha, a, aRowStride, aColumnStride, packed, packedColumns, firstColumn,
    <${short}>beta, c, cRowStride, cColumnStride, workspace, mc, kc,
  );
}
export function merge_${name}(
  m: i32, n: i32, source: usize, count: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32, stepBytes: usize,
): void {
  mergeAll<${short}, ${className}>(m, n, source, count, <${short}>beta, c, rowStride, columnStride, stepBytes);
}

export function scale_${name}(m: i32, n: i32, beta: f64, c: usize, rowStride: i32, columnStride: i32): void {
  scale<${short}, ${className}>(m, n, <${short}>beta, c, rowStride, columnStride);
}
`
  })
  return ofDtype + (shape.dtype === 'int32' ? '' : ofSums) + ofOperation.join('')
}

/** The text of a variant's entry file: the exports that make a module a processor. */
export function entryText(variant) {
  const own = shapes.filter(shape => shape.variant === variant)
  for (const { dtype, gemm, semiring } of own) {
    for (const mr of [gemm, semiring])
      if (96 % mr !== 0 || 120 % mr !== 0)
        throw new Error(`${variant} ${dtype}: mr ${mr} divides no mc of src/kernel/blocking.ts`)
  }
  const files = new Map(own.flatMap(kernelsOf).map(row => [naming(row).file, naming(row).className]))
  const imports = [...files]
    .map(([file, className]) => `import { ${className} } from './${file}';\n`)
    .join('')
  return `${header}/** The ${variant} processor. */
import { inner } from '../inner';
import { gemm } from '../gemm';
import { mergeAll, scale } from '../merge';
import { packB } from '../pack-b';
import { row } from '../row';
import { small } from '../small';
import { spread } from '../spread';
import { sum } from '../sum';
${imports}
export { abi } from '../abi';
${variants[variant].features.includes('relaxed-simd') ? '/** Says that this needs relaxed SIMD. */\nexport const relaxed_simd: i32 = 1;\n' : ''}${own.map(shapeText).join('')}`
}

/** Every generated file: name -> text. */
export function generated() {
  const files = new Map()
  for (const row of shapes.flatMap(kernelsOf)) files.set(`${naming(row).file}.ts`, kernelText(row))
  for (const variant of Object.keys(variants)) files.set(`${variant}.ts`, entryText(variant))
  return files
}

/** The files in assembly/generated/ that differ from what the table says: changed, missing, or not of the table. */
export function differences() {
  const wanted = generated()
  mkdirSync(folder, { recursive: true })
  const found = new Map(readdirSync(folder).map(name => [name, readFileSync(new URL(name, folder), 'utf8')]))
  return [...new Set([...wanted.keys(), ...found.keys()])].filter(
    name => wanted.get(name) !== found.get(name),
  )
}

/** Brings assembly/generated/ to what the table says; files that are right keep their modification time. */
export function generate() {
  const wanted = generated()
  for (const name of differences()) {
    const text = wanted.get(name)
    if (text === undefined) unlinkSync(new URL(name, folder))
    else writeFileSync(new URL(name, folder), text)
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.includes('--check')) {
    const stale = differences()
    if (stale.length > 0) {
      console.error(
        `assembly/generated differs from the table: ${stale.join(', ')}. Run node scripts/generate-kernels.mjs`,
      )
      process.exitCode = 1
    }
  } else generate()
}
