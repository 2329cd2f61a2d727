/** What happens to what C holds. STORE never reads C, so that a NaN in it is overwritten. */
export const STORE: i32 = 0
export const ADD: i32 = 1
export const BLEND: i32 = 2

export function modeOf<T>(beta: T): i32 {
  return beta == <T>0 ? STORE : beta == <T>1 ? ADD : BLEND
}
