/** Which slaves have which blocks, or are about to: so that a block leaves master-assign once, however many want it. */

export interface BlockRef {
  /** The operand's id. */
  readonly matrix: string
  readonly row: number
  readonly column: number
}

/** A process of a slave: another start of it has another incarnation, and none of the blocks. */
export interface Member {
  readonly name: string
  readonly incarnation: string
}

/** Where a slave gets a block from. */
export interface Grant {
  /** A slave that has it, or asked for it earlier; undefined: from the operand's own source. */
  readonly holder: string | undefined
  /**
   * Grows with every grant. A slave waits for another one's block only while that one's own grant has a smaller ticket, so
   * that slaves never wait for each other in a circle.
   */
  readonly ticket: number
}

export interface DirectoryLimits {
  /** Blocks that are remembered; those of the matrix that was not asked for longest are forgotten first. */
  readonly blocks: number
  /** Slaves that are remembered of one block. */
  readonly holders: number
}

/** One that is `silent` is not named while it is, one that is `gone` never again. */
export type Standing = 'well' | 'silent' | 'gone'

interface Holder extends Member {
  /** How often it was named. */
  grants: number
}

/** 2^17 blocks of 1 MiB are 128 GiB of operands; the directory then takes some 30 MB. */
const defaultLimits: DirectoryLimits = { blocks: 2 ** 17, holders: 16 }
/** Rows and columns of blocks stay below this, as 64-bit shapes do with blocks of 16 elements and more. */
const columnSpan = 2 ** 26

export class BlockDirectory {
  readonly #standing: (member: Member) => Standing
  readonly #limits: DirectoryLimits
  /** By matrix, in the order of their last use, and in it by block. */
  readonly #matrices = new Map<string, Map<number, Holder[]>>()
  #blocks = 0
  #ticket = 0

  constructor(standing: (member: Member) => Standing, limits: DirectoryLimits = defaultLimits) {
    this.#standing = standing
    this.#limits = limits
  }

  /** Blocks of which at least one slave is known. */
  get size(): number {
    return this.#blocks
  }

  /**
   * Where `asker` should take the block from. From now on it counts as one that has it: it is about to. One that asks again
   * has lost the block, or did not get it.
   */
  grant(asker: Member, block: BlockRef): Grant {
    const ticket = ++this.#ticket
    const holders: Holder[] = []
    let chosen: Holder | undefined
    for (const holder of this.#holdersOf(block)) {
      const standing = this.#standing(holder)
      if (holder.name === asker.name || standing === 'gone') continue
      holders.push(holder)
      if (standing === 'well' && holder.grants < (chosen?.grants ?? Number.POSITIVE_INFINITY)) chosen = holder
    }
    if (chosen !== undefined) chosen.grants++
    if (this.#standing(asker) !== 'gone') {
      if (holders.length >= this.#limits.holders) holders.splice(mostNamed(holders), 1)
      holders.push({ name: asker.name, incarnation: asker.incarnation, grants: 0 })
    }
    this.#keep(block, holders)
    return { holder: chosen?.name, ticket }
  }

  /** This slave did not give the block: it is not named for it again until it asks for it itself. */
  failed(holder: string, block: BlockRef): void {
    this.#keep(
      block,
      this.#holdersOf(block).filter(({ name }) => name !== holder),
    )
  }

  #holdersOf({ matrix, row, column }: BlockRef): readonly Holder[] {
    return this.#matrices.get(matrix)?.get(row * columnSpan + column) ?? []
  }

  #keep({ matrix, row, column }: BlockRef, holders: Holder[]): void {
    const blocks = this.#matrices.get(matrix) ?? new Map<number, Holder[]>()
    const before = blocks.size
    const key = row * columnSpan + column
    blocks.delete(key)
    if (holders.length > 0) blocks.set(key, holders)
    this.#blocks += blocks.size - before
    this.#matrices.delete(matrix)
    if (blocks.size > 0) this.#matrices.set(matrix, blocks)
    while (this.#blocks > this.#limits.blocks) this.#forgetOldest()
  }

  #forgetOldest(): void {
    for (const [matrix, blocks] of this.#matrices) {
      for (const key of blocks.keys()) {
        blocks.delete(key)
        break
      }
      if (blocks.size === 0) this.#matrices.delete(matrix)
      this.#blocks--
      return
    }
  }
}

/** Those that were named most have passed the block on: others know it from them. */
function mostNamed(holders: readonly Holder[]): number {
  let most = 0
  for (const [index, holder] of holders.entries())
    if (holder.grants > (holders[most]?.grants ?? 0)) most = index
  return most
}
