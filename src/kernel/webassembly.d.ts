/** The part of the WebAssembly API that gemmesh uses: neither TypeScript's es2024 nor @types/node declare it. */
declare namespace WebAssembly {
  class Memory<Shared extends boolean = true> {
    constructor(descriptor: { initial: number; maximum: number; shared: Shared })
    readonly buffer: Shared extends true ? SharedArrayBuffer : ArrayBuffer
    /** By so many pages of 64 KiB. RangeError where there are not as many. */
    grow(pages: number): number
  }
  class Global {
    readonly value: unknown
  }
  /** Can be posted to other threads: the compiled code is shared. */
  class Module {
    constructor(bytes: Uint8Array)
    /** In the order of the module. */
    static exports(module: Module): readonly { readonly name: string }[]
  }
  type Exports = Readonly<Record<string, unknown>>
  class Instance {
    constructor(module: Module, imports: Record<string, Record<string, Memory<boolean>>>)
    readonly exports: Exports
  }
  function validate(bytes: Uint8Array): boolean
}
