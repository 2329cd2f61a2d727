import { readFileSync } from 'node:fs'
import t from 'tap'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

/** `GET /v1/jobs/{id}` of each route for users that these sources define. */
const routesOf = (...paths: string[]): string[] =>
  paths.flatMap(path =>
    [...read(path).matchAll(/app\.(get|put|post|head|patch|delete)(?:<[^']*>)?\(\s*'(\/[^']*)'/g)].map(
      ([, method = '', route = '']) => `${method.toUpperCase()} ${route.replaceAll(/:(\w+)/g, '{$1}')}`,
    ),
  )

t.test('docs/API.md lists the routes that there are, each once at its node', t => {
  const [, atAssign = '', atCombine = ''] = read('docs/API.md').split(/^\| at /m)
  const listed = (part: string) => [...part.matchAll(/^\| `([A-Z]+ [^`]+)`/gm)].map(([, route]) => route)
  t.strictSame(listed(atAssign).sort(), routesOf('src/api/users-api.ts', 'src/api/matrices-api.ts').sort())
  t.strictSame(listed(atCombine).sort(), routesOf('src/roles/combine/combine-routes.ts').sort())
  t.match(read('docs/API.md'), routesOf('src/api/health.ts')[0])
  t.end()
})
