/** A plot: GFLOPS over n, both logarithmic, a panel for each dtype and number of threads, a line a system. */
import { type CaseResult, figureOf, type Report, systemsOf } from './report.ts'

const panel = { width: 470, height: 340, left: 48, right: 118, top: 34, bottom: 38 }
/** gemmesh's layers are dark and thick; peers have a colour each. */
const styles: Readonly<Record<string, { readonly color: string; readonly width: number }>> = {
  kernel: { color: '#888888', width: 1.5 },
  library: { color: '#c2410c', width: 2 },
  pool: { color: '#111111', width: 3 },
  numpy: { color: '#2563eb', width: 2 },
  'onnxruntime-node': { color: '#0d9488', width: 1.5 },
  'onnxruntime-web': { color: '#7c3aed', width: 1.5 },
  tfjs: { color: '#d97706', width: 1.5 },
  'ml-matrix': { color: '#db2777', width: 1.5 },
  'stdlib-blas': { color: '#65a30d', width: 1.5 },
  mathjs: { color: '#0891b2', width: 1.5 },
  naive: { color: '#9ca3af', width: 1.5 },
}
const otherStyle = { color: '#555555', width: 1.5 }
const labelHeight = 13

type Scale = (value: number) => number

/** From `low` to `high` on a logarithmic axis, to pixels. */
const logScale = (low: number, high: number, from: number, to: number): Scale => {
  const range = Math.log(high / low) || 1
  return value => from + (Math.log(value / low) / range) * (to - from)
}

/** 1, 2, 5, 10, ... (times a power of ten) from at most the least of the values to at least the greatest. */
export function ticksAround(values: readonly number[]): number[] {
  const [least, greatest] = [Math.min(...values), Math.max(...values)]
  const ticks: number[] = []
  for (
    let exponent = Math.floor(Math.log10(least));
    exponent <= Math.ceil(Math.log10(greatest));
    exponent++
  ) {
    // Negative powers by division: 10 ** -1 * 2 would be shown with all its digits.
    for (const step of [1, 2, 5]) ticks.push(exponent < 0 ? step / 10 ** -exponent : step * 10 ** exponent)
  }
  const from = ticks.findLastIndex(tick => tick <= least)
  const to = ticks.findIndex(tick => tick >= greatest)
  return ticks.slice(Math.max(0, from), Math.max(to, from + 1) + 1)
}

/** Positions no nearer to each other than `gap`, in the order given, which is by position, moved as little as a pass down and one up do. */
export function apart(positions: readonly number[], gap: number, limit: number): number[] {
  const placed: number[] = []
  for (const position of positions) placed.push(Math.max(position, (placed.at(-1) ?? -Infinity) + gap))
  for (let i = placed.length - 1, below = limit + gap; i >= 0; i--) {
    below = Math.min(placed[i] ?? 0, below - gap)
    placed[i] = below
  }
  return placed
}

/** The SVG of a report's square products. */
export function plot(report: Report): string {
  const square = report.results.filter(({ section }) => section === 'square')
  const groups = [...Map.groupBy(square, ({ dtype, threads }) => `${dtype} ${threads}`).values()]
  // A row a dtype where there are several numbers of threads, else side by side.
  const columns = Math.max(1, new Set(square.map(({ threads }) => threads)).size)
  const dtypes = [...new Set(square.map(({ dtype }) => dtype))]
  const threadCounts = [...new Set(square.map(({ threads }) => threads))]
  const rows = Math.max(1, Math.ceil(groups.length / columns))
  const [width, height] = [columns * panel.width, rows * panel.height]
  const rates = square.flatMap(({ figures }) => figures.map(({ gflops }) => gflops.median))
  const peaks = report.peaks.map(({ gflops }) => gflops)
  const panels = groups.map(results => {
    const [first] = results
    if (first === undefined) return ''
    const [x, y] = [threadCounts.indexOf(first.threads), dtypes.indexOf(first.dtype)]
    const drawn = panelSvg(report, results, ticksAround([...rates, ...peaks]))
    return `<g transform="translate(${x * panel.width} ${y * panel.height})">${drawn}</g>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="11">
<title>GFLOPS over n of square products</title>
<rect width="100%" height="100%" fill="#ffffff"/>
${panels.join('\n')}
</svg>
`
}

function panelSvg(report: Report, results: readonly CaseResult[], ticks: readonly number[]): string {
  const [first] = results
  const sorted = [...results].sort((x, y) => x.n - y.n)
  const sizes = sorted.map(({ n }) => n)
  const [right, bottom] = [panel.width - panel.right, panel.height - panel.bottom]
  const x = logScale(sizes[0] ?? 1, sizes.at(-1) ?? 1, panel.left, right)
  const y = logScale(ticks[0] ?? 1, ticks.at(-1) ?? 10, bottom, panel.top)
  const threads = first?.threads === 1 ? 'one thread' : `${first?.threads} threads`
  const peak = report.peaks.find(peak => peak.dtype === first?.dtype && peak.threads === first.threads)
  return [
    text(panel.left, 18, `${first?.dtype}, ${threads}: GFLOPS over n`, 'font-weight="600" font-size="13"'),
    ...ticks.flatMap(tick => [
      line(panel.left, y(tick), right, y(tick), '#e5e7eb'),
      text(panel.left - 6, y(tick) + 4, String(tick), 'text-anchor="end" fill="#555555"'),
    ]),
    ...shownSizes(sizes).flatMap(n => [
      line(x(n), bottom, x(n), bottom + 4, '#555555'),
      text(x(n), bottom + 18, String(n), 'text-anchor="middle" fill="#555555"'),
    ]),
    ...(peak === undefined
      ? []
      : [
          line(panel.left, y(peak.gflops), right, y(peak.gflops), '#dc2626', 'stroke-dasharray="4 3"'),
          text(panel.left + 4, y(peak.gflops) - 4, `peak ${peak.gflops.toFixed(0)}`, 'fill="#dc2626"'),
        ]),
    ...curves(sorted, x, y, bottom),
  ].join('\n')
}

/** Every size, but of two that would touch only one: powers of two first. */
function shownSizes(sizes: readonly number[]): number[] {
  return sizes.length <= 6 ? [...sizes] : sizes.filter(n => Number.isInteger(Math.log2(n)))
}

/** The systems' lines, and their names at the right, none over another. */
function curves(results: readonly CaseResult[], x: Scale, y: Scale, bottom: number): string[] {
  const drawn = systemsOf(results).map(system => {
    const points = results.flatMap(result => {
      const figure = figureOf(result, system)
      return figure === undefined ? [] : [{ x: x(result.n), y: y(figure.gflops.median) }]
    })
    return { system, points, style: styles[system] ?? otherStyle, end: points.at(-1) }
  })
  const labelled = drawn
    .flatMap(({ system, style, end }) => (end === undefined ? [] : [{ system, style, end }]))
    .sort((one, other) => one.end.y - other.end.y)
  const places = apart(
    labelled.map(({ end }) => end.y),
    labelHeight,
    bottom,
  )
  const at = panel.width - panel.right + 14
  // gemmesh's lines are drawn last, over the others.
  const lines = drawn.toSorted((one, other) => one.style.width - other.style.width)
  return [
    ...lines.flatMap(({ points, style }) => [
      `<polyline points="${points.map(point => `${point.x.toFixed(1)},${point.y.toFixed(1)}`).join(' ')}" fill="none" stroke="${style.color}" stroke-width="${style.width}" stroke-linejoin="round"/>`,
      ...points.map(
        point =>
          `<circle cx="${point.x.toFixed(1)}" cy="${point.y.toFixed(1)}" r="${(style.width + 1) / 1.5}" fill="${style.color}"/>`,
      ),
    ]),
    ...labelled.flatMap(({ system, style, end }, index) => {
      const place = places[index] ?? end.y
      return [
        line(end.x + 4, end.y, at - 2, place, style.color, 'stroke-width="0.6"'),
        text(at, place + 4, system, `fill="${style.color}"${style.width === 3 ? ' font-weight="700"' : ''}`),
      ]
    }),
  ]
}

const line = (x1: number, y1: number, x2: number, y2: number, color: string, more = '') =>
  `<line x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}" stroke="${color}" ${more}/>`

const text = (x: number, y: number, words: string, more: string) =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${more}>${escaped(words)}</text>`

const escaped = (words: string): string => words.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
