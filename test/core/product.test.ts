import { test } from 'tap'
import { type Dtype, dtypes } from '../../src/core/matrix.ts'
import { type ProductRequest, productOf } from '../../src/core/product.ts'

const facts = (name: string, shape: readonly number[], dtype: Dtype = 'float32') => ({ name, dtype, shape })
const request = (a: number[], b: number[], rest: Partial<ProductRequest> = {}): ProductRequest => ({
  a: facts('A', a),
  b: facts('B', b),
  transA: false,
  transB: false,
  alpha: 1,
  beta: 0,
  ...rest,
})

test('the shape of a product', t => {
  const table: [a: number[], b: number[], rest: Partial<ProductRequest>, mnk: number[], shape: number[]][] = [
    [[3, 4], [4, 5], {}, [3, 5, 4], [3, 5]],
    [[4, 3], [4, 5], { transA: true }, [3, 5, 4], [3, 5]],
    [[3, 4], [5, 4], { transB: true }, [3, 5, 4], [3, 5]],
    [[0, 4], [4, 5], {}, [0, 5, 4], [0, 5]],
    [[3, 0], [0, 5], {}, [3, 5, 0], [3, 5]],
    [[4], [4, 5], {}, [1, 5, 4], [5]],
    [[4], [4, 5], { transA: true }, [1, 5, 4], [5]],
    [[3, 4], [4], {}, [3, 1, 4], [3]],
    [[3, 4], [4], { transB: true }, [3, 1, 4], [3]],
    [[4], [4], {}, [1, 1, 4], [1]],
  ]
  for (const [a, b, rest, mnk, shape] of table) {
    const product = productOf(request(a, b, rest))
    t.same([product.m, product.n, product.k], mnk, `${a} times ${b}`)
    t.same(product.shape, shape)
  }
  t.end()
})

test('vectors lie as one row in their file, and stand as B', t => {
  t.same(productOf(request([4], [4, 5])).a, { stored: [1, 4], transposed: false })
  t.same(productOf(request([3, 4], [4])).b, { stored: [1, 4], transposed: true })
  t.same(productOf(request([3, 4], [4], { added: facts('C', [3]), beta: 1 })).added, {
    stored: [1, 3],
    transposed: true,
  })
  t.same(productOf(request([4], [4, 5], { added: facts('C', [5]), beta: 1 })).added, {
    stored: [1, 5],
    transposed: false,
  })
  t.end()
})

test('what does not fit says how it might', t => {
  const table: [ProductRequest, code: string, message: RegExp][] = [
    [
      request([100, 400], [300, 400]),
      'GEMMESH_SHAPE_MISMATCH',
      /\(400, 300\) differ\. Did you mean --trans-b\?/,
    ],
    [request([300, 400], [300, 200]), 'GEMMESH_SHAPE_MISMATCH', /Did you mean --trans-a\?/],
    [request([3, 4], [5, 6]), 'GEMMESH_SHAPE_MISMATCH', /\(4, 5\) differ\.$/],
    [request([3, 4], [5]), 'GEMMESH_SHAPE_MISMATCH', /B of one dimension a column/],
    [request([3], [4, 5]), 'GEMMESH_SHAPE_MISMATCH', /inner dimensions \(3, 4\)/],
    [
      request([3, 4], [4, 5], { added: facts('C', [3, 4]) }),
      'GEMMESH_SHAPE_MISMATCH',
      /C is 3x4 but the product.* 3x5/,
    ],
    [
      request([3, 4], [4, 5], { b: facts('B', [4, 5], 'float64') }),
      'GEMMESH_DTYPE_MISMATCH',
      /A holds float32 but B holds float64/,
    ],
    [
      request([3, 4], [4, 5], { a: facts('A', [3, 4], 'int32'), b: facts('B', [4, 5], 'int32'), alpha: 0.5 }),
      'GEMMESH_USAGE',
      /alpha is 0\.5/,
    ],
  ]
  for (const [wrong, code, message] of table) t.throws(() => productOf(wrong), { code, message })
  t.end()
})

test('the dtype is that of the operands', t => {
  for (const dtype of dtypes) {
    const product = productOf({
      ...request([1, 1], [1, 1]),
      a: facts('A', [1, 1], dtype),
      b: facts('B', [1, 1], dtype),
    })
    t.equal(product.dtype, dtype)
  }
  t.end()
})
