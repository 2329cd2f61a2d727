const unitBytes: Readonly<Record<string, number>> = {
  B: 1,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
}

/** What `parseBytes` takes besides plain numbers: "512MiB", "1.5 GiB". */
export const bytesPattern = '^([0-9]{1,15}(?:\\.[0-9]{1,6})?) ?(B|KiB|MiB|GiB|TiB)$'
export const bytesText = new RegExp(bytesPattern)

/** A count of bytes from 1073741824 or "1GiB"; undefined where it is neither, or not a whole count of bytes. */
export function parseBytes(value: number | string): number | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? value : undefined
  const [, count, unit] = bytesText.exec(value) ?? []
  if (count === undefined || unit === undefined) return undefined
  const bytes = Number(count) * (unitBytes[unit] ?? Number.NaN)
  return Number.isSafeInteger(bytes) ? bytes : undefined
}
