// Writes config/cluster.schema.json from its one source, src/config/schema.ts.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { clusterSchemaText } from '../src/config.ts'

writeFileSync(fileURLToPath(new URL('../config/cluster.schema.json', import.meta.url)), clusterSchemaText())
