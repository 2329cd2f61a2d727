/** What is said of a file before it is uploaded, kept beside it. */
import Type, { type Static } from 'typebox'

export const UploadSpec = Type.Object({
  /** As its Content-Type says. */
  kind: Type.Optional(Type.Enum(['npy', 'npz', 'matrix-market', 'csv'])),
  /** Of an archive. */
  member: Type.Optional(Type.String({ maxLength: 255 })),
  /** Of the elements of text. */
  dtype: Type.Optional(Type.Enum(['float32', 'float64', 'int32'])),
})
export type UploadSpec = Static<typeof UploadSpec>
