/** What the fourth sum of a product with vectors is: nothing. */
@unmanaged
@final
export class Nothing {
  @inline get squares(): bool {
    return false
  }
  @inline get weights(): bool {
    return false
  }
}

/** The squares of the elements. */
@unmanaged
@final
export class Squares {
  @inline get squares(): bool {
    return true
  }
  @inline get weights(): bool {
    return false
  }
}

/** The magnitudes of the elements times the fourth vector. */
@unmanaged
@final
export class Weights {
  @inline get squares(): bool {
    return false
  }
  @inline get weights(): bool {
    return true
  }
}
