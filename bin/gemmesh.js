#!/usr/bin/env node
// The way into the command line: plain old JavaScript without static imports, so that an old Node parses it and says in
// one line what is needed. A checkout runs its sources, so that no stale build is in the way; a package has dist/ alone.
var wanted = 24

if (parseInt(process.versions.node, 10) < wanted) {
  process.stderr.write(
    'error GEMMESH_USAGE: gemmesh needs Node ' +
      wanted +
      ' or newer, but ' +
      process.execPath +
      ' is Node ' +
      process.versions.node +
      '. Install a newer one (https://nodejs.org); in a checkout, `npm run gemmesh -- ...` brings its own.\n',
  )
  process.exitCode = 2
} else {
  import('node:module')
    .then(module => {
      // Compiled once, and read by the next start, also of threads and of nodes that it starts: ten milliseconds less each.
      var cache = module.enableCompileCache ? module.enableCompileCache() : {}
      if (cache.directory) process.env.NODE_COMPILE_CACHE = cache.directory
      return import('../src/cli/main.ts')
    })
    .catch(error => {
      var isPackage = error.code === 'ERR_MODULE_NOT_FOUND' && /\/src\/cli\/main\.ts$/.test(error.url || '')
      if (!isPackage) throw error
      return import('../dist/cli/main.js')
    })
}
