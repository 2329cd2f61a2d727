/** The files of a product, opened and found to fit together before anything is computed. */
import { type OperandFacts, type Product, productOf } from '../../core/product.ts'
import type { Semiring } from '../../core/semiring.ts'
import { NpyReader } from '../../formats/npy-reader.ts'
import type { Algorithm } from '../../kernel/algorithm.ts'
import { Operand } from './operand.ts'

export interface OperandFiles {
  readonly a: string
  readonly b: string
  /** Of C0, which has the shape of C. */
  readonly add?: string
  readonly transA: boolean
  readonly transB: boolean
  readonly alpha: number
  readonly beta: number
  /** What messages call the files, by their paths. Default: these. */
  readonly names?: ReadonlyMap<string, string>
  /** Default: plus-times. */
  readonly semiring?: Semiring
  /** The same bits on every machine and for every cut. */
  readonly reproducible?: boolean
  /** Default: classical. */
  readonly algorithm?: Algorithm
}

export interface Operands extends AsyncDisposable {
  readonly product: Product
  readonly a: Operand
  readonly b: Operand
  readonly added?: Operand
}

/** Open until disposed. The codes that NpyReader.open and productOf give. */
export async function openOperands(files: OperandFiles): Promise<Operands> {
  await using opened = new AsyncDisposableStack()
  const open = async (path: string) => {
    const reader = await NpyReader.open(path, files.names?.get(path))
    opened.defer(() => reader.close())
    return reader
  }
  const a = await open(files.a)
  const b = await open(files.b)
  const added = files.add === undefined ? undefined : await open(files.add)
  const product = productOf({ ...files, a: factsOf(a), b: factsOf(b), added: added && factsOf(added) })
  const closing = opened.move()
  return {
    product,
    a: new Operand(a, product.a),
    b: new Operand(b, product.b),
    ...(added && product.added && { added: new Operand(added, product.added) }),
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  }
}

const factsOf = ({ name, header }: NpyReader): OperandFacts => ({
  name,
  dtype: header.dtype,
  shape: header.shape,
})
