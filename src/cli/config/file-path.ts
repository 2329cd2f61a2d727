import { GemmeshError } from '../../errors.ts'

/** The file that was named, or the environment's; GEMMESH_USAGE where there is neither. */
export function filePath(file: string | undefined): string {
  const path = file ?? process.env.GEMMESH_CONFIG ?? ''
  if (path !== '') return path
  throw new GemmeshError('GEMMESH_USAGE', 'no configuration file is given: name it, or set GEMMESH_CONFIG.')
}
