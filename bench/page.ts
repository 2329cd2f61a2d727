/** docs/PERFORMANCE.md: its prose is written by hand, the figures between its markers by a run. */
import { execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { GemmeshError } from '../src/errors.ts'
import { beyondMarkdown, machineMarkdown, shapesMarkdown, squareMarkdown } from './markdown.ts'
import type { Report } from './report.ts'
import { plot } from './svg.ts'

const at = (name: string): URL => new URL(`../docs/${name}`, import.meta.url)

/** The page with the text between `<!-- measured: NAME -->` and `<!-- end: NAME -->` replaced by a run's. */
export function withMeasured(page: string, parts: Readonly<Record<string, string>>): string {
  let text = page
  for (const [name, part] of Object.entries(parts)) {
    const [begin, end] = [`<!-- measured: ${name} -->`, `<!-- end: ${name} -->`]
    const [from, to] = [text.indexOf(begin), text.indexOf(end)]
    if (from === -1 || to < from) {
      throw new GemmeshError(
        'GEMMESH_INTERNAL',
        `docs/PERFORMANCE.md lacks the markers ${begin} and ${end}, in this order. Put them where the figures belong.`,
      )
    }
    text = `${text.slice(0, from + begin.length)}\n\n${part}\n\n${text.slice(to)}`
  }
  return text
}

/** Writes the figures and their plot. */
export async function writePage(report: Report): Promise<void> {
  const parts = {
    machine: machineMarkdown(report),
    square: `![GFLOPS over n for each system](performance.svg)\n\n${squareMarkdown(report)}`,
    shapes: shapesMarkdown(report),
    beyond: beyondMarkdown(report),
  }
  await writeFile(at('PERFORMANCE.md'), withMeasured(await readFile(at('PERFORMANCE.md'), 'utf8'), parts))
  await writeFile(at('performance.svg'), plot(report))
  // The linter wants a table's columns aligned.
  const biome = fileURLToPath(new URL('../node_modules/@biomejs/biome/bin/biome', import.meta.url))
  execFileSync(process.execPath, [biome, 'format', '--write', fileURLToPath(at('PERFORMANCE.md'))])
}
