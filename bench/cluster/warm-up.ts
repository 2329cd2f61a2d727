/**
 * Products that do not count, before those that do: pages and code become warm, clusters learn what their slaves can do. Where
 * processes stay, they go on until none of them takes new memory any more: gemmesh's slaves keep blocks until their budget is
 * full, and a system that has to find, or to get back from its host, a page for each of them takes longer than later, when
 * blocks come to where others were. What they took is told, so that nothing is hidden.
 */
import type { Contender } from './contender.ts'

/** Less is no growth: heaps breathe. A slave has 1 GiB by default. */
const littleBytes = 32 * 2 ** 20
const mostProducts = 6

/** Milliseconds of each; `multiply` makes one product. */
export async function warmUp(
  { residentBytes }: Pick<Contender, 'residentBytes'>,
  multiply: () => Promise<number>,
): Promise<readonly number[]> {
  const taken = [await multiply()]
  if (residentBytes === undefined) return taken
  for (let before = await residentBytes(); taken.length < mostProducts; ) {
    taken.push(await multiply())
    const after = await residentBytes()
    if (after.every((bytes, process) => bytes - (before[process] ?? 0) <= littleBytes)) break
    before = after
  }
  return taken
}
