/** The version of this installation, from its package.json: beside src/ and dist/ alike. */
import { readFileSync } from 'node:fs'

function read(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest)
    return String(manifest.version)
  return 'unknown'
}

export const version = read()
