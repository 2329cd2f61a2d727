/**
 * `npm run bench:wire`: every hop alone, between two processes on loopback, beside a bare socket that copies into shared
 * memory: GB/s, the ratio to that socket in the same trial, and what a GiB costs each side in CPU time. Exits with 1 where
 * a block hop is slower than 0.8 of the socket.
 *
 *   --sizes 1,4,16   in MiB     --trials 9     --lanes 1, transfers at a time     --mib 128, moved in a trial     --json
 *   --hops "socket,tile to file"
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { renderTable } from '../src/cli/table.ts'
import { machine } from './machine.ts'
import { type Summary, summary } from './statistics.ts'
import type { Hop, Order } from './wire-end.ts'

const MiB = 2 ** 20
const leastRatio = 0.8
const end = fileURLToPath(new URL('./wire-end.ts', import.meta.url))

/** What is measured, and which end drives it: blocks are pulled, tiles are pushed. */
const allHops: readonly { hop: Hop; about: string; by: 'sender' | 'receiver' }[] = [
  { hop: 'socket', about: 'node:net to node:net, each piece copied into shared memory', by: 'receiver' },
  { hop: 'http', about: 'node:http to undici, likewise', by: 'receiver' },
  { hop: 'block', about: "a slave's pull, out of memory into memory", by: 'receiver' },
  { hop: 'block from file', about: 'out of a file as master-assign reads it', by: 'receiver' },
  { hop: 'tile', about: "a slave's push, out of memory into memory", by: 'sender' },
  { hop: 'tile to file', about: 'into a file as master-combine writes it', by: 'sender' },
]

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '1,2,4,8,16' },
    trials: { type: 'string', default: '9' },
    lanes: { type: 'string', default: '1' },
    hops: { type: 'string', default: '' },
    mib: { type: 'string', default: '128' },
    json: { type: 'boolean', default: false },
  },
})
const wanted = values.hops === '' ? allHops.map(({ hop }) => hop) : ['socket', ...values.hops.split(',')]
const hops = allHops.filter(({ hop }) => wanted.includes(hop))
const sizes = values.sizes.split(',').map(Number)
const [trials, lanes, totalMiB] = [Number(values.trials), Number(values.lanes), Number(values.mib)]

class End {
  readonly #child: ChildProcess = fork(end)
  readonly ready: Promise<Extract<Order, { do: 'meet' }>> = this.#answer().then(where => ({
    do: 'meet',
    ...where,
  }))

  // biome-ignore lint/suspicious/noExplicitAny: what its own process says
  async #answer(): Promise<any> {
    return (await once(this.#child, 'message'))[0]
  }

  // biome-ignore lint/suspicious/noExplicitAny: likewise
  async ask(order: Order): Promise<any> {
    const answer = this.#answer()
    this.#child.send(order)
    return answer
  }

  close(): void {
    this.#child.disconnect()
  }
}

interface Sample {
  readonly gbPerSecond: number
  readonly senderCpu: number
  readonly receiverCpu: number
}

const ends = { sender: new End(), receiver: new End() }
const [sender, receiver] = await Promise.all([ends.sender.ready, ends.receiver.ready])
await Promise.all([ends.sender.ask(receiver), ends.receiver.ask(sender)])

async function sample({ hop, by }: (typeof hops)[number], sizeMiB: number): Promise<Sample> {
  const cpu = async () => [
    await ends.sender.ask({ do: 'say cpu' }),
    await ends.receiver.ask({ do: 'say cpu' }),
  ]
  const count = Math.ceil(totalMiB / sizeMiB)
  const [senderBefore, receiverBefore] = await cpu()
  const ms: number = await ends[by].ask({ do: 'move', hop, bytes: sizeMiB * MiB, count, lanes })
  const [senderAfter, receiverAfter] = await cpu()
  const gib = (count * sizeMiB) / 1024
  return {
    gbPerSecond: (count * sizeMiB * MiB) / ms / 1e6,
    senderCpu: (senderAfter - senderBefore) / gib,
    receiverCpu: (receiverAfter - receiverBefore) / gib,
  }
}

const samples = new Map<string, Sample[]>()
const keyOf = (hop: Hop, size: number) => `${hop}/${size}`
for (let trial = -1; trial < trials; trial++)
  for (const size of sizes)
    for (const each of hops) {
      const taken = await sample(each, size)
      if (trial < 0) continue // warms up
      const key = keyOf(each.hop, size)
      samples.set(key, [...(samples.get(key) ?? []), taken])
    }
for (const each of Object.values(ends)) each.close()

interface Figure {
  readonly sizeMiB: number
  readonly hop: Hop
  readonly gbPerSecond: Summary
  readonly ratio: Summary
  readonly senderCpuPerGiB: number
  readonly receiverCpuPerGiB: number
}

const figures = sizes.flatMap(sizeMiB =>
  hops.map(({ hop }): Figure => {
    const own = samples.get(keyOf(hop, sizeMiB)) ?? []
    const bare = samples.get(keyOf('socket', sizeMiB)) ?? []
    return {
      sizeMiB,
      hop,
      gbPerSecond: summary(own.map(({ gbPerSecond }) => gbPerSecond)),
      ratio: summary(own.map(({ gbPerSecond }, i) => gbPerSecond / (bare[i]?.gbPerSecond ?? Number.NaN))),
      senderCpuPerGiB: summary(own.map(({ senderCpu }) => senderCpu)).median,
      receiverCpuPerGiB: summary(own.map(({ receiverCpu }) => receiverCpu)).median,
    }
  }),
)

if (values.json) console.log(JSON.stringify({ machine: machine(), lanes, trials, figures }))
else {
  const { cpu, cores, load, versions } = machine()
  console.log(`${cpu}, ${cores} cores, load ${load.toFixed(2)} before, node ${versions.node}`)
  console.log(
    `${trials} trials of ${totalMiB} MiB each, interleaved; ${lanes} at a time; medians, the spread from least to most`,
  )
  for (const { hop, about } of hops) console.log(`  ${hop}: ${about}`)
  const two = (value: number) => value.toFixed(2)
  const rows = figures.map(({ sizeMiB, hop, gbPerSecond, ratio, senderCpuPerGiB, receiverCpuPerGiB }) => [
    ...[sizeMiB, hop, two(gbPerSecond.median), two(ratio.median), `${two(ratio.min)}-${two(ratio.max)}`],
    ...[two(senderCpuPerGiB), two(receiverCpuPerGiB)],
  ])
  const head = ['MiB', 'hop', 'GB/s', 'of socket', 'spread', 'sender CPU s/GiB', 'receiver CPU s/GiB']
  console.log(renderTable(head, rows, [0, 2, 3, 4, 5, 6]))
}
const slow = figures.filter(({ hop, ratio }) => hop === 'block' && ratio.median < leastRatio)
for (const { sizeMiB, ratio } of slow)
  console.error(
    `a block hop of ${sizeMiB} MiB has ${ratio.median.toFixed(2)} of a bare socket, wanted ${leastRatio}`,
  )
process.exitCode = slow.length > 0 ? 1 : 0
