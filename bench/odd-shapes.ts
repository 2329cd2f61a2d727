/** Shapes that people have, beside large squares of round numbers: m x n x k. */
const edges: readonly (readonly [number, number, number])[] = [
  // Tiny: what a call costs.
  ...[4, 5, 8, 12, 16, 24, 32, 33, 48, 63, 64].map(n => [n, n, n] as const),
  // Squares beside the powers of two, and not of them.
  ...[100, 127, 129, 255, 257, 500, 511, 513, 1000, 1023, 1025].map(n => [n, n, n] as const),
  // Two long edges and a short one: many columns of one vector, an update of low rank.
  [2000, 16, 2000],
  [16, 2000, 2000],
  [2000, 2000, 16],
  [2000, 5, 2000],
  [1500, 1500, 1],
  // One long edge: tall, wide, deep.
  [100_000, 16, 16],
  [16, 100_000, 16],
  [16, 16, 100_000],
  [64, 64, 10_000],
  [10_000, 64, 64],
  [64, 10_000, 64],
  [1, 1, 1_000_000],
  // Matrix times vector, vector times matrix.
  [1, 4096, 4096],
  [4096, 1, 4096],
  [2, 4096, 4096],
  [8, 1024, 1024],
  // As in models and in statistics.
  [128, 768, 768],
  [128, 3072, 768],
  [512, 512, 64],
  [300, 300, 3000],
  [1200, 40, 350],
]

export const oddShapes = edges.map(([m, n, k]) => ({ m, n, k }))
