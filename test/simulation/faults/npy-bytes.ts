/** Where the data of a .npy file of version 1 begins. */
export const npyDataOffset = (file: Uint8Array): number =>
  file.length < 10 ? file.length : 10 + (file[8] ?? 0) + 256 * (file[9] ?? 0)
