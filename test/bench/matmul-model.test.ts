import protobuf from 'protobufjs'
import t from 'tap'
import { matmulModel } from '../../bench/peers/matmul-model.ts'

/** The part of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto that the model uses. */
const { root } = protobuf.parse(`
  syntax = "proto2";
  message Model { optional int64 ir_version = 1; optional Graph graph = 7; repeated OperatorSet opset_import = 8; }
  message OperatorSet { optional string domain = 1; optional int64 version = 2; }
  message Graph { repeated Node node = 1; optional string name = 2; repeated Value input = 11; repeated Value output = 12; }
  message Node { repeated string input = 1; repeated string output = 2; optional string op_type = 4; }
  message Value { optional string name = 1; optional Type type = 2; }
  message Type { optional Tensor tensor_type = 1; }
  message Tensor { optional int32 elem_type = 1; optional Shape shape = 2; }
  message Shape { repeated Dimension dim = 1; }
  message Dimension { optional string dim_param = 2; }
`)

t.test('the model is one MatMul of an m x k and a k x n matrix', async t => {
  const types = { float32: 1, int32: 6, float64: 11 } as const
  for (const dtype of ['float32', 'int32', 'float64'] as const) {
    const Model = root.lookupType('Model')
    const model = Model.toObject(Model.decode(matmulModel(dtype)), { longs: Number })
    const value = (name: string, ...dimensions: string[]) => ({
      name,
      type: {
        tensorType: { elemType: types[dtype], shape: { dim: dimensions.map(dimParam => ({ dimParam })) } },
      },
    })
    t.match(model, {
      irVersion: 8,
      opsetImport: [{ domain: '', version: 13 }],
      graph: {
        node: [{ input: ['A', 'B'], output: ['C'], opType: 'MatMul' }],
        input: [value('A', 'm', 'k'), value('B', 'k', 'n')],
        output: [value('C', 'm', 'n')],
      },
    })
  }
})
