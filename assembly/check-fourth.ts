/** What the fourth sum of a product with vectors is. */
export const enum Fourth {
  none,
  /** Of the squares of the elements. */
  squares,
  /** Of the magnitudes of the elements times the fourth vector. */
  weights,
}

// As types, so that an inner loop is compiled for each, without the sums that it does not have.

@unmanaged
@final
export class Nothing {
  @inline get fourth(): Fourth {
    return Fourth.none
  }
}

@unmanaged
@final
export class Squares {
  @inline get fourth(): Fourth {
    return Fourth.squares
  }
}

@unmanaged
@final
export class Weights {
  @inline get fourth(): Fourth {
    return Fourth.weights
  }
}
