/** What arrives damaged is sent again: the way there breaks a bit now and then, not each time. */
import { GemmeshError } from '../errors.ts'

const tries = 3

export const isDamage = (error: unknown): boolean =>
  error instanceof GemmeshError && error.code === 'GEMMESH_TRANSFER_CORRUPT'

/** `transfer` may happen twice without harm. Throws the damage of the last try, and all other errors at once. */
export async function resendDamaged<Result>(transfer: () => Promise<Result>): Promise<Result> {
  for (let tried = 1; ; tried++)
    try {
      return await transfer()
    } catch (error) {
      if (tried === tries || !isDamage(error)) throw error
    }
}
