/** What the pages for users and contributors name has to be there: files, links, headings, npm scripts, codes, variables. */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import t from 'tap'
import { isErrorCode } from '../src/errors.ts'

const root = join(import.meta.dirname, '..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const pages = globSync(['*.md', 'docs/*.md', 'docs/adr/*.md', 'assembly/*.md'], { cwd: root })
const scripts = new Set(Object.keys(JSON.parse(read('package.json')).scripts))
const sources = globSync(['src/**/*.ts', 'bin/*.js'], { cwd: root }).map(read).join('\n')
const files = new Set(
  globSync('{assembly,bench,examples,scripts,src,test}/**/*.{ts,mjs}', {
    cwd: root,
    exclude: ['**/node_modules/**'],
  }).map(path => basename(path)),
)
const withoutBlocks = (text: string) => text.replace(/^```[\s\S]*?^```$/gm, '')

/** As GitHub names the anchors of headings. */
const anchorsOf = (text: string) =>
  new Set(
    [...withoutBlocks(text).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  )

t.test('every npm script stands in a page', async t => {
  const text = pages.map(read).join('\n')
  for (const script of scripts)
    if (!script.startsWith('pre') && !new RegExp(`(?:npm (?:run )?|\`)${script}\\b`).test(text))
      t.fail(`in no page: npm run ${script}`)
})

t.ok(pages.length > 20, 'there are pages')
for (const page of pages)
  t.test(page, async t => {
    const text = read(page)
    for (const [link, target = '', anchor] of withoutBlocks(text).matchAll(
      /\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g,
    )) {
      const path = target === '' ? page : join(dirname(page), target)
      if (!existsSync(join(root, path))) t.fail(`no such file: ${link}`)
      else if (anchor !== undefined && !anchorsOf(read(path)).has(anchor)) t.fail(`no such heading: ${link}`)
    }
    for (const [, path = ''] of text.matchAll(
      /`((?:src|test|bench|scripts|assembly|config|examples|docs)\/[\w./-]*\w)\*?[^`]*`/g,
    ))
      if (globSync([path, `${path}*`], { cwd: root }).length === 0) t.fail(`no such file: ${path}`)
    for (const [, name = ''] of text.matchAll(/`([\w-]+\.(?:ts|mjs))`/g))
      if (!files.has(name)) t.fail(`no such file anywhere: ${name}`)
    for (const [, script = ''] of text.matchAll(/npm run (?:-\w+ )*([\w:-]+)/g))
      if (!scripts.has(script) && !script.endsWith(':')) t.fail(`no such script: npm run ${script}`)
    for (const [, words = ''] of text.matchAll(
      /\bgemmesh ((?:multiply|plan|node|demo|jobs?|cancel|calibrate|config|doctor)\b[^`#\n]*)/g,
    ))
      for (const [flag] of words.matchAll(/(?<!\S)--[a-z-]+/g))
        if (!sources.includes(flag) && !sources.includes(flag.replace('--no-', '--')))
          t.fail(`no such option: ${flag} of gemmesh ${words}`)
    for (const [name] of text.matchAll(/\bGEMMESH_[A-Z]+(?:_[A-Z]+)*\b/g))
      if (!isErrorCode(name) && !sources.includes(name)) t.fail(`neither a code nor a variable: ${name}`)
  })
