/** An ONNX model of one MatMul of two inputs, written field by field: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto */
import protobuf from 'protobufjs'
import type { Dtype } from '../../src/core/matrix.ts'

/** TensorProto.DataType */
const elementType: Readonly<Record<Dtype, number>> = { float32: 1, int32: 6, float64: 11 }
/** ModelProto.ir_version and the version of the operators: old enough for every runtime in use. */
const irVersion = 8
const operatorSet = 13

/** Length-delimited fields of these numbers. */
const message = (fields: readonly (readonly [number, Uint8Array | string | number])[]): Uint8Array => {
  const writer = protobuf.Writer.create()
  for (const [field, value] of fields) {
    if (typeof value === 'number') writer.uint32(field << 3).int64(value)
    else if (typeof value === 'string') writer.uint32((field << 3) | 2).string(value)
    else writer.uint32((field << 3) | 2).bytes(value)
  }
  return writer.finish()
}

/** C = A * B of `dtype`, for any shapes; the inputs are called A and B, the output C. */
export function matmulModel(dtype: Dtype): Uint8Array {
  const dimension = (name: string) => [1, message([[2, name]])] as const
  const value = (name: string, rows: string, columns: string) => {
    const shape = message([dimension(rows), dimension(columns)])
    const tensor = message([
      [1, elementType[dtype]],
      [2, shape],
    ])
    return message([
      [1, name],
      [2, message([[1, tensor]])],
    ])
  }
  const node = message([
    [1, 'A'],
    [1, 'B'],
    [2, 'C'],
    [4, 'MatMul'],
  ])
  const graph = message([
    [1, node],
    [2, 'product'],
    [11, value('A', 'm', 'k')],
    [11, value('B', 'k', 'n')],
    [12, value('C', 'm', 'n')],
  ])
  return message([
    [1, irVersion],
    [7, graph],
    [
      8,
      message([
        [1, ''],
        [2, operatorSet],
      ]),
    ],
  ])
}
