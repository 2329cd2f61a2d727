/** `gemmesh config print`: the file with every default filled in. */
import { readCluster } from '../../config.ts'
import { type OutputOptions, Terminal } from '../terminal.ts'
import { asFile } from './as-file.ts'
import { filePath } from './file-path.ts'

export async function printConfig(file: string | undefined, options: OutputOptions): Promise<void> {
  const terminal = new Terminal(options)
  const path = filePath(file)
  const config = asFile(await readCluster(path))
  terminal.print(JSON.stringify(config, undefined, 2))
  terminal.record('config', { file: path, valid: true, config })
}
