import { readFileSync } from 'node:fs'
import t from 'tap'
import { clusterSchemaText, defaultPorts } from '../../src/config/schema.ts'

const page = readFileSync(new URL('../../docs/CONFIGURATION.md', import.meta.url), 'utf8')

interface Described {
  readonly default?: unknown
  readonly description: string
}
interface Properties {
  readonly properties: Readonly<Record<string, Described>>
}
const { slaves, options }: { slaves: { items: Properties }; options: Properties } = JSON.parse(
  clusterSchemaText(),
).properties

const defaultOf = ({ default: value }: Described): string =>
  typeof value === 'number' && value >= 2 ** 30 ? `${value / 2 ** 30} GiB` : JSON.stringify(value)

const listed = ({ properties }: Properties): string[] =>
  Object.entries(properties).map(
    ([key, schema]) =>
      `- \`${key}\`${schema.default === undefined ? '' : ` (${defaultOf(schema)})`}: ${schema.description}`,
  )

t.test('docs/CONFIGURATION.md lists what the schema says, and nothing else', t => {
  const { port: _, ...node } = slaves.items.properties
  t.strictSame(
    page.split('\n').filter(line => line.startsWith('- `')),
    [...listed({ properties: node }), ...listed(options)],
  )
  for (const port of Object.values(defaultPorts)) t.match(page, String(port))
  t.end()
})
