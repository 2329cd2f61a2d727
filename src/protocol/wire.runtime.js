// What the generated codec takes from protobufjs, with two habits of its own, set here and nowhere else in the process:
// 64-bit integers are numbers (never Long), refused beyond 2^53 - 1, where a number would silently lose digits; and
// unknown fields are skipped, not kept.
import protobuf from 'protobufjs/minimal.js'

const maxVarintBytes = 10

class NumberReader extends protobuf.BufferReader {
  static recursionLimit = protobuf.Reader.recursionLimit

  static create(bytes) {
    return new NumberReader(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  }

  discardUnknown = true

  uint64() {
    let value = 0
    let scale = 1
    for (let i = 0; i < maxVarintBytes; i++, scale *= 128) {
      if (this.pos >= this.len) throw RangeError(`a number ends beyond the message, at byte ${this.pos}`)
      const byte = this.buf[this.pos++]
      value += (byte & 127) * scale
      if (byte < 128) {
        if (value > Number.MAX_SAFE_INTEGER) throw RangeError(`${value} is more than 2^53 - 1`)
        return value
      }
    }
    throw Error(`a number has more than ${maxVarintBytes} bytes`)
  }
}

export default {
  Reader: NumberReader,
  Writer: protobuf.Writer,
  util: Object.create(protobuf.util, { Long: { value: null } }),
  roots: {}, // the generated namespace is imported by name, not registered for the whole process
}
