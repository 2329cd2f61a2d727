#!/usr/bin/env node
// The way into the command line: plain old JavaScript without static imports, so that an old Node parses it and says in
// one line what is needed. An installed package has dist/; a checkout that was not built runs the sources themselves.
var wanted = 24

if (parseInt(process.versions.node, 10) < wanted) {
  process.stderr.write(
    'error GEMMESH_USAGE: gemmesh needs Node ' +
      wanted +
      ' or newer, but ' +
      process.execPath +
      ' is Node ' +
      process.versions.node +
      '. Install a newer one (https://nodejs.org); in a checkout, ' +
      '`npm run gemmesh -- ...` brings its own.\n',
  )
  process.exitCode = 2
} else {
  import('../dist/cli/main.js').catch(error => {
    var unbuilt = error.code === 'ERR_MODULE_NOT_FOUND' && /\/dist\/cli\/main\.js$/.test(error.url || '')
    if (!unbuilt) throw error
    return import('../src/cli/main.ts')
  })
}
