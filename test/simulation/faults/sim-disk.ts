/**
 * A disk that forgets. What a process writes is there for it at once; what of it survives a loss of power is what was
 * synced, and by chance some of the rest: each write whole, torn or not at all, names as far as they happen to have come.
 */
import type { DataFile, Disk } from '../../../src/formats/disk.ts'
import type { Life, Sim } from './sim.ts'

type Change = { readonly position: number; readonly bytes: Uint8Array } | { readonly length: number }

/** What is not on the disk yet, in its order. */
interface Pending<What> {
  readonly ordinal: number
  readonly what: What
}

class Inode {
  readonly ordinal: number
  current: Uint8Array<ArrayBuffer> = new Uint8Array(0)
  durable: Uint8Array<ArrayBuffer> = new Uint8Array(0)
  pending: Pending<Change>[] = []
  usedMs = 0

  constructor(ordinal: number) {
    this.ordinal = ordinal
  }
}

type NameChange = { readonly path: string; readonly inode: Inode | undefined }

/** How long things take, in ms: `slow` while somebody else keeps the disk busy. */
const syncMs = { usual: 2, slow: 3000 }

export class SimDisk {
  readonly #sim: Sim
  readonly #names = new Map<string, Inode>()
  readonly #durableNames = new Map<string, Inode>()
  #pendingNames: Pending<NameChange>[] = []
  #ordinal = 0
  isFull = false
  isSlow = false
  /** The next flush fails; what it was to bring to the disk is lost, and nobody hears of it again. */
  failsNext = false
  /** Called before and after each step that makes something durable: a process may die there. */
  onStep: (what: string) => void = () => {}

  constructor(sim: Sim) {
    this.#sim = sim
  }

  /** For the time of a flush. */
  flushMs(): number {
    return this.#sim.random.next() * (this.isSlow ? syncMs.slow : syncMs.usual)
  }

  /** The power fails: unsynced changes survive by chance. */
  losePower(): void {
    const { random } = this.#sim
    const survivors = Math.floor(random.next() * (this.#pendingNames.length + 1))
    for (const { what } of this.#pendingNames.slice(0, survivors)) setName(this.#durableNames, what)
    this.#pendingNames = []
    const inodes = new Set([...this.#names.values(), ...this.#durableNames.values()])
    for (const inode of inodes) {
      for (const { what: change } of inode.pending) {
        const fate = random.next()
        if (fate < 0.4) inode.durable = changed(inode.durable, change)
        else if (fate < 0.6 && 'bytes' in change)
          inode.durable = changed(inode.durable, {
            position: change.position,
            bytes: change.bytes.subarray(0, Math.floor(random.next() * change.bytes.length)),
          })
      }
      inode.pending = []
      inode.current = inode.durable.slice()
    }
    this.#names.clear()
    for (const [path, inode] of this.#durableNames) this.#names.set(path, inode)
  }

  /** What would be left of a file if all that is unsynced were lost now. */
  durableBytes(path: string): Uint8Array | undefined {
    return this.#durableNames.get(path)?.durable
  }

  bytes(path: string): Uint8Array | undefined {
    return this.#names.get(path)?.current
  }

  /** The disk as a process sees it. */
  of(life: Life): Disk {
    const alive = async <T>(work: () => T): Promise<T> => (life.alive ? work() : never())
    const slowly = async (what: string, path: string, work: (failed: boolean) => void): Promise<void> => {
      await alive(() => {})
      this.onStep(`before ${what}`)
      await this.#sim.sleep(this.flushMs())
      await alive(() => {
        const code = this.#failure()
        work(code !== undefined)
        if (code !== undefined) throw failure(code, path)
      })
      this.onStep(`after ${what}`)
      await alive(() => {})
    }
    return {
      open: (path, flags) => alive(() => this.#open(path, flags, alive, slowly)),
      stat: path =>
        alive(() => {
          const { current, usedMs } = this.#find(path)
          return { size: current.length, mtimeMs: usedMs, isFile: () => true }
        }),
      touch: (path, seconds) =>
        alive(() => {
          this.#find(path).usedMs = seconds * 1000
        }),
      list: folder =>
        alive(() =>
          [...this.#names.keys()]
            .filter(path => path.startsWith(`${folder}/`))
            .map(path => path.slice(folder.length + 1))
            .filter(name => !name.includes('/')),
        ),
      rename: (from, to) =>
        alive(() => {
          const inode = this.#find(from)
          this.#name(to, inode)
          this.#name(from, undefined)
          this.onStep(`after rename ${to}`)
        }),
      remove: path =>
        alive(() => {
          if (this.#names.has(path)) this.#name(path, undefined)
        }),
      makeFolder: () => alive(() => {}),
      syncFolder: folder => {
        const last = this.#ordinal
        return slowly('folder', folder, failed => {
          // File systems journal names: one that could not be written stays to be written, unlike bytes of files.
          if (failed) return
          for (const { what } of takeUpTo(this.#pendingNames, last)) setName(this.#durableNames, what)
        })
      },
      freeBytes: () => alive(() => (this.isFull ? 0 : Number.POSITIVE_INFINITY)),
    }
  }

  #open(
    path: string,
    flags: 'r' | 'r+' | 'w' | 'wx',
    alive: <T>(work: () => T) => Promise<T>,
    slowly: (what: string, path: string, work: (failed: boolean) => void) => Promise<void>,
  ): DataFile {
    if (flags === 'wx' && this.#names.has(path)) throw failure('EEXIST', path)
    let inode = this.#names.get(path)
    if (inode === undefined) {
      if (flags === 'r' || flags === 'r+') throw failure('ENOENT', path)
      if (this.isFull) throw failure('ENOSPC', path)
      inode = new Inode(++this.#ordinal)
      this.#name(path, inode)
    }
    const file = inode
    if (flags === 'w') this.#change(file, { length: 0 })
    const sync = () => {
      const last = this.#ordinal
      return slowly('sync', path, failed => {
        const changes = takeUpTo(file.pending, last)
        if (!failed) for (const { what } of changes) file.durable = changed(file.durable, what)
      })
    }
    return {
      fd: -1,
      read: (target, offset, length, position) =>
        alive(() => {
          const bytes = file.current.subarray(position, position + length)
          target.set(bytes, offset)
          return { bytesRead: bytes.length }
        }),
      write: (source, offset, length, position) =>
        alive(() => {
          if (this.isFull) throw failure('ENOSPC', path)
          this.#change(file, { position, bytes: new Uint8Array(source.subarray(offset, offset + length)) })
          return { bytesWritten: length }
        }),
      stat: () =>
        alive(() => ({ size: BigInt(file.current.length), mtimeNs: 0n, ino: BigInt(file.ordinal) })),
      truncate: length => alive(() => this.#change(file, { length })),
      datasync: sync,
      sync,
      close: () => alive(() => {}),
    }
  }

  /** Why a flush fails now, if it does: disks that are full say so late, too. */
  #failure(): string | undefined {
    const fails = this.failsNext
    this.failsNext = false
    if (fails) return 'EIO'
    return this.isFull && this.#sim.random.chance(0.5) ? 'ENOSPC' : undefined
  }

  /** As of #failure, for a journal. */
  journalFailure(): 'GEMMESH_STORAGE_FAILED' | 'GEMMESH_STORAGE_FULL' | undefined {
    const fails = this.failsNext
    this.failsNext = false
    if (fails) return 'GEMMESH_STORAGE_FAILED'
    return this.isFull ? 'GEMMESH_STORAGE_FULL' : undefined
  }

  /** Names of all files there are. */
  get paths(): string[] {
    return [...this.#names.keys()]
  }

  #find(path: string): Inode {
    const inode = this.#names.get(path)
    if (inode === undefined) throw failure('ENOENT', path)
    return inode
  }

  #change(inode: Inode, change: Change): void {
    inode.pending.push({ ordinal: ++this.#ordinal, what: change })
    inode.current = changed(inode.current, change)
    inode.usedMs = this.#sim.wallNow()
  }

  #name(path: string, inode: Inode | undefined): void {
    const change = { path, inode }
    this.#pendingNames.push({ ordinal: ++this.#ordinal, what: change })
    setName(this.#names, change)
  }
}

/** Takes those away that were there when the flush began. */
function takeUpTo<What>(pending: Pending<What>[], last: number): Pending<What>[] {
  const later = pending.findIndex(({ ordinal }) => ordinal > last)
  return pending.splice(0, later < 0 ? pending.length : later)
}

function setName(names: Map<string, Inode>, { path, inode }: NameChange): void {
  if (inode === undefined) names.delete(path)
  else names.set(path, inode)
}

function changed(bytes: Uint8Array<ArrayBuffer>, change: Change): Uint8Array<ArrayBuffer> {
  const length =
    'length' in change ? change.length : Math.max(bytes.length, change.position + change.bytes.length)
  let result = bytes
  if (length !== bytes.length) {
    result = new Uint8Array(length)
    result.set(bytes.subarray(0, length))
  }
  if ('bytes' in change) result.set(change.bytes, change.position)
  return result
}

const never = (): Promise<never> => new Promise(() => {})

const failure = (code: string, path: string): Error => Object.assign(new Error(`${code}: ${path}`), { code })
