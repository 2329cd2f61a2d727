import t from 'tap'
import {
  blockPath,
  bulkPatterns,
  heldBlockPath,
  processorPath,
  routeNames,
  routes,
  tilePath,
} from '../../src/protocol/routes.ts'

t.test('every route has a path of its own below the prefix', async t => {
  const paths = routeNames.map(name => routes[name].path)
  t.equal(new Set(paths).size, paths.length)
  for (const path of paths) t.match(path, /^\/mesh\/v1\/[a-z-]+$/)
})

t.test('bulk paths fit their patterns', async t => {
  const fits = (pattern: string, path: string) =>
    new RegExp(`^${pattern.replaceAll(/:\w+/g, '[^/]+')}$`).test(path)
  t.ok(fits(bulkPatterns.block, blockPath('ab', 0, 12)))
  t.ok(fits(bulkPatterns.heldBlock, heldBlockPath(7, { matrix: 'ab', row: 0, column: 12 }, '512x512')))
  t.ok(fits(bulkPatterns.processor, processorPath('ab')))
  t.ok(fits(bulkPatterns.tile, tilePath('a/../b', 3)), 'a job id cannot leave its place')
})
