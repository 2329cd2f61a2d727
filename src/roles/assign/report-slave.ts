/** What the scheduler finds out about a slave, as people read it in the log. */
import type { FastifyBaseLogger } from 'fastify'
import type { Instruction, SlaveNews } from '../../core/scheduler.ts'

const said: Readonly<Record<SlaveNews, readonly [level: 'error' | 'warn' | 'info', text: string]>> = {
  suspected: ['warn', 'slave suspected: it gets no new units for now'],
  trusted: ['info', 'slave trusted again'],
  resting: ['warn', 'slave rests: it failed several times in a row'],
  lost: ['warn', 'slave lost: what it held is handed on'],
  excluded: [
    'error',
    'slave excluded: it sent a wrong tile, and gets nothing more until master-assign is started anew',
  ],
  readmitted: ['warn', 'slave readmitted: what its tile was checked with is wrong'],
}

export function reportSlave(
  logger: FastifyBaseLogger,
  { slave, news, message }: Extract<Instruction, { type: 'report-slave' }>,
): void {
  const [level, text] = said[news]
  logger[level]({ slave, reason: message }, text)
}
