/** What masters read of their installation and of their users' uploads; neither is what is simulated here. */
import { GemmeshError } from '../../../src/errors.ts'
import type { Processors } from '../../../src/roles/assign/processor-catalogue.ts'
import type { Matrices, MatrixFile } from '../../../src/store/matrices.ts'

/** Row-major. */
export interface Int32Matrix {
  readonly rows: number
  readonly columns: number
  readonly values: Int32Array
}

const image = { variant: 'simulated', sha256: 'ab'.repeat(32), bytes: new Uint8Array([0]) }

export function processorsOf(): Processors {
  return {
    current: [image],
    read: async () => [image],
    bytes: () => image.bytes,
  }
}

const notSimulated = async (): Promise<never> => {
  throw new GemmeshError('GEMMESH_INTERNAL', 'uploads are not simulated')
}

/** Matrices that were uploaded before anything went wrong. */
export class SimMatrices implements Matrices {
  readonly #matrices = new Map<string, Int32Matrix>()

  add(id: string, matrix: Int32Matrix): void {
    this.#matrices.set(id, matrix)
  }

  matrix(id: string): Int32Matrix {
    const matrix = this.#matrices.get(id)
    if (matrix !== undefined) return matrix
    throw new GemmeshError('GEMMESH_MATRIX_UNKNOWN', `no matrix ${id}`)
  }

  get(id: string): MatrixFile {
    const { rows, columns } = this.matrix(id)
    return {
      id,
      path: `/matrices/${id}.npy`,
      header: {
        dtype: 'int32',
        bigEndian: false,
        fortranOrder: false,
        shape: [rows, columns],
        rows,
        columns,
        dataOffset: 128,
        dataBytes: rows * columns * 4,
        dimensions: 2,
        version: 1,
      },
    }
  }

  reader(id: string): ReturnType<Matrices['reader']> {
    const { columns, values } = this.matrix(id)
    return {
      ...this.get(id),
      async read(rectangle, target, targetRowBytes = rectangle.columns * 4) {
        for (let row = 0; row < rectangle.rows; row++) {
          const from = (rectangle.row + row) * columns + rectangle.column
          const line = values.subarray(from, from + rectangle.columns)
          target.set(new Uint8Array(line.buffer, line.byteOffset, line.byteLength), row * targetRowBytes)
        }
      },
    }
  }

  list(): never[] {
    return []
  }
  async collect() {
    return { files: 0, bytes: 0 }
  }
  async close(): Promise<void> {}
  put = notSimulated
  beginUpload = notSimulated
  uploadOffset = notSimulated
  appendUpload = notSimulated
  finishUpload = notSimulated
  discardUpload = notSimulated
}
