/** What people should hear of a slave. */
import type { SlaveNews } from './messages.ts'
import type { SlaveRecord, Turn } from './state.ts'

export function report(
  { instructions }: Turn,
  { name }: SlaveRecord,
  news: SlaveNews,
  message: string,
): void {
  instructions.push({ type: 'report-slave', slave: name, news, message })
}
