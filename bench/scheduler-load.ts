/** How long the scheduler takes for a unit, and how much memory: driven by slaves that only count the time. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type Event, Scheduler, type UnitRef } from '../src/core/scheduler.ts'
import { EventQueue } from '../src/simulation/event-queue.ts'
import { Random } from '../src/simulation/random.ts'

export interface Load {
  readonly slaves: number
  readonly units: number
  readonly events: number
  /**
   * In the scheduler's own calls, on one core: planning, and all events, a heartbeat a second of each slave among them. It is CPU
   * time of this thread, by the part of the clock's time that these calls take: what else runs on the core is not counted.
   */
  readonly microsecondsPerUnit: number
  /** Of the whole loop: with the slaves that count the time, and the queue of what is due. */
  readonly loopMicrosecondsPerUnit: number
  /** In the middle of the job, the scheduler and the slaves' open units together. */
  readonly heapBytes: number
}

const unitEdge = 64
/** Of a slave of average speed. */
const unitMs = 1000
const heartbeatMs = 1000

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

export function measureLoad(slaves: number, unitsWanted: number): Load {
  const random = new Random(1)
  const speeds = Array.from({ length: slaves }, () => random.between(1, 10))
  const mean = speeds.reduce((sum, speed) => sum + speed, 0) / slaves
  collect()
  const heapBefore = process.memoryUsage().heapUsed
  const start = { ms: performance.now(), cpuMs: threadCpuMs() }
  let spentMs = 0
  const scheduler = new Scheduler({
    slaves: speeds.map((performance, i) => ({ name: `s${i}`, performance })),
    epoch: 1,
    heartbeatMs,
    leaseMs: 10 * unitMs,
    attempts: 4,
    unitsAtHand: 2,
    unitEdge,
    unitsLimit: 2 ** 22,
    planGraceMs: 0,
    measuredPerformance: false,
  })
  const queue = new EventQueue<() => void>()
  const busyUntil = new Float64Array(slaves)
  const running = speeds.map((): UnitRef[] => [])
  let now = 0
  let events = 0
  let wakes = 0
  let units = 0
  let placed = 0
  let heapBytes = 0

  const tell = (event: Event) => {
    events++
    const begun = performance.now()
    const instructions = scheduler.handle(event, now)
    spentMs += performance.now() - begun
    for (const instruction of instructions) {
      if (instruction.type === 'open-job') {
        units = instruction.plan.units
        queue.add(now, () => tell({ type: 'job-opened', job: 'job', placed: [] }))
      } else if (instruction.type === 'assign-unit') compute(instruction.slave, instruction.ref)
      else if (instruction.type === 'cancel-units') {
        const { units } = instruction
        const held = running[indexOf(instruction.slave)] ?? []
        for (const ref of held.filter(({ unit }) => units.includes(unit))) held.splice(held.indexOf(ref), 1)
      } else if (instruction.type === 'wake-at') {
        const wake = ++wakes
        queue.add(instruction.at, () => {
          if (wake === wakes) tell({ type: 'tick' })
        })
      }
    }
  }
  const compute = (slave: string, ref: UnitRef) => {
    const index = indexOf(slave)
    const ms = (unitMs * mean * random.noise(0.1)) / (speeds[index] ?? 1)
    const endsAt = Math.max(now, busyUntil[index] ?? 0) + ms
    busyUntil[index] = endsAt
    const held = running[index] ?? []
    held.push(ref)
    queue.add(endsAt, () => {
      const place = held.indexOf(ref)
      if (place < 0) return
      held.splice(place, 1)
      placed++
      tell({ type: 'unit-placed', slave, ref })
      tell({ type: 'unit-done', slave, ref, figures: { ...figures, computeMs: ms } })
    })
  }
  for (const i of speeds.keys()) {
    const slave = `s${i}`
    const beat = () => {
      tell({ type: 'slave-heartbeat', slave, incarnation: 'a', running: running[i] ?? [] })
      queue.add(now + heartbeatMs, beat)
    }
    tell({ type: 'slave-registered', slave, incarnation: 'a', threads: 1, memoryBytes: 1 })
    queue.add(heartbeatMs * random.next(), beat)
  }
  const edge = Math.round(Math.sqrt(unitsWanted) * unitEdge)
  tell({ type: 'job-submitted', job: 'job', shape: [edge, edge, 1024], dtype: 'float32' })
  for (let due = queue.take(); due !== undefined; due = queue.take()) {
    now = due.at
    due.what()
    if (units > 0 && placed >= units) break
    if (heapBytes > 0 || placed === 0 || placed < units / 2) continue
    const atMs = performance.now()
    const atCpuMs = threadCpuMs()
    collect()
    heapBytes = process.memoryUsage().heapUsed - heapBefore
    start.ms += performance.now() - atMs
    start.cpuMs += threadCpuMs() - atCpuMs
  }
  if (placed < units || units === 0) throw new Error(`${placed} of ${units} units were placed`)
  const loopMicrosecondsPerUnit = ((threadCpuMs() - start.cpuMs) * 1000) / units
  const schedulersPart = spentMs / (performance.now() - start.ms)
  return {
    ...{ slaves, units, events, heapBytes, loopMicrosecondsPerUnit },
    microsecondsPerUnit: loopMicrosecondsPerUnit * schedulersPart,
  }
}

function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

const indexOf = (slave: string): number => Number(slave.slice(1))

const figures = {
  fetchMs: 0,
  computeMs: 0,
  sendMs: 0,
  fetchedBytes: 0,
  blocksFetched: 0,
  blocksCached: 0,
  variant: '',
  processor: '',
} as const
