/** How fast each slave and its links are: the configuration's figure, corrected by what was measured. */
import type { Dtype } from './matrix.ts'
import { flopsPerMsOfGflops, logOwnRate, type OwnRates, OwnScale } from './performance/own-rates.ts'
import { Samples } from './performance/samples.ts'
import type { Beforehand } from './performance/work-class.ts'
import { sizeClassOf, WorkKind } from './performance/work-kind.ts'
import type { Semiring } from './semiring.ts'

export type { OwnRates } from './performance/own-rates.ts'

/** One work unit that was computed. */
export interface Measurement {
  readonly dtype: Dtype
  /** plus-times where absent. */
  readonly semiring?: Semiring
  /** 2*rows*columns*k of the work unit. */
  readonly flops: number
  readonly computeMs: number
  /** What came from master-assign for it, and the time in which it did. */
  readonly fetchedBytes?: number
  readonly fetchMs?: number
  /** What went to master-combine, and the time in which it did. */
  readonly sentBytes?: number
  readonly sendMs?: number
}

/** Rates of a slave's links in bytes a millisecond; absent while nothing is known. */
export interface LinkRates {
  readonly fetchBytesPerMs?: number
  readonly sendBytesPerMs?: number
}

/** What a slave's units of one kind say of it. */
export interface MeasuredKind {
  readonly semiring: Semiring
  readonly dtype: Dtype
  /** On the configuration's scale. */
  readonly figure: number
  readonly gflops: number
  /** How many units this comes from: the latest of each size. */
  readonly units: number
}

/** All that was measured of one slave, as plain JSON. */
export interface SlaveRecord {
  readonly name: string
  readonly threads?: number
  readonly own?: OwnRates
  readonly work: readonly {
    readonly semiring: Semiring
    readonly dtype: Dtype
    readonly sizeClass: number
    readonly computeMs: number
    /** Flops a millisecond, oldest first. */
    readonly rates: readonly number[]
  }[]
  /** Bytes a millisecond, oldest first. */
  readonly fetchBytesPerMs: readonly number[]
  readonly sendBytesPerMs: readonly number[]
}

export interface PerformanceOptions {
  readonly slaves: readonly { readonly name: string; readonly performance: number }[]
  /** Off: the configuration's figures alone decide. */
  readonly measured: boolean
  /** What `records` gave before a restart; of slaves that are not in the configuration nothing is taken. */
  readonly known?: readonly SlaveRecord[]
}

interface Slave {
  readonly prior: number
  readonly logPrior: number
  threads: number | undefined
  own: OwnRates | undefined
  readonly fetchBytesPerMs: Samples
  readonly sendBytesPerMs: Samples
}

/** A transfer of fewer bytes says more of latency than of the link. */
const linkSampleBytes = 2 ** 16

/**
 * A slave's figure for one kind of work (semiring and dtype) is, the first of these that there is:
 *
 * 1. what its units of this kind say, by size class: the upper quartile of the latest ones;
 * 2. what it measured by itself, brought in line with units by the slaves that have both;
 * 3. the configuration's figure, the prior.
 *
 * All are on the configuration's scale: what was measured is multiplied by the geometric mean of prior/rate over the
 * slaves measured alike. So measured slaves together keep the weight that their priors gave them, a slave of which nothing
 * is known compares with them by its prior, and a measurement of one slave alone, which says nothing about proportions,
 * changes nothing. Rates are compared within a class of like work only: small units are slower everywhere.
 */
export class Performance {
  readonly #slaves: ReadonlyMap<string, Slave>
  readonly #measured: boolean
  /** A few. */
  readonly #kinds: WorkKind[] = []
  readonly #ownScale = new OwnScale()

  constructor({ slaves, measured, known = [] }: PerformanceOptions) {
    this.#slaves = new Map(slaves.map(({ name, performance }) => [name, unmeasured(performance)]))
    this.#measured = measured
    for (const record of known) this.#restore(record)
  }

  /** A unit was computed. Figures that give no rate (no work, no time, an unknown slave) are left out. */
  record(name: string, measurement: Measurement): void {
    const slave = this.#slaves.get(name)
    if (slave === undefined) return
    const { dtype, semiring = 'plus-times', flops, computeMs } = measurement
    const { fetchedBytes = 0, fetchMs = 0, sentBytes = 0, sendMs = 0 } = measurement
    if (fetchedBytes >= linkSampleBytes) slave.fetchBytesPerMs.add(fetchedBytes / fetchMs)
    if (sentBytes >= linkSampleBytes) slave.sendBytesPerMs.add(sentBytes / sendMs)
    const rate = flops / computeMs
    if (!(rate > 0 && Number.isFinite(rate))) return
    const kind = this.#kind(semiring, dtype) ?? this.#addKind(semiring, dtype)
    const workClass = kind.classAt(sizeClassOf(flops))
    workClass.add(name, rate, computeMs, () => beforehand(slave, dtype))
  }

  /** A slave registered. With another number of threads it is another machine: what was measured of it is forgotten. */
  introduce(name: string, { threads, own }: { threads: number; own?: OwnRates | undefined }): void {
    const slave = this.#slaves.get(name)
    if (slave === undefined) return
    if (slave.threads !== undefined && slave.threads !== threads) this.#forget(name, slave)
    slave.threads = threads
    if (own !== undefined) this.#setOwn(name, slave, own)
  }

  /** The configuration's figure; 0 for a slave that is not in it. */
  prior(name: string): number {
    return this.#slaves.get(name)?.prior ?? 0
  }

  /** The figure to plan with, on the configuration's scale; 0 for a slave that is not in it. */
  of(name: string, dtype: Dtype, semiring: Semiring = 'plus-times'): number {
    const slave = this.#slaves.get(name)
    if (slave === undefined) return 0
    const logFigure = this.#measured ? this.#logFigure(name, slave, dtype, semiring) : undefined
    return logFigure === undefined ? slave.prior : Math.exp(logFigure)
  }

  /**
   * The rate to expect of a slave in units of so many flops (without: in large ones), in GFLOPS: measured in units of the
   * nearest size, else by its figure beside slaves that were measured; undefined where nothing was measured of anybody.
   */
  gflops(name: string, dtype: Dtype, semiring: Semiring = 'plus-times', flops?: number): number | undefined {
    const slave = this.#slaves.get(name)
    if (slave === undefined) return undefined
    const workClass = this.#kind(semiring, dtype)?.nearest(name, flops)
    const logFigure = () => this.#logFigure(name, slave, dtype, semiring) ?? slave.logPrior
    const logScale = workClass?.logScale
    const ownScale = this.#ownScale.of(dtype)
    const logRate =
      workClass?.logRateOf(name) ??
      (logScale !== undefined ? logFigure() - logScale : undefined) ??
      (slave.own && logOwnRate(slave.own, dtype)) ??
      (ownScale !== undefined ? logFigure() - ownScale : undefined)
    return logRate === undefined ? undefined : Math.exp(logRate) / flopsPerMsOfGflops
  }

  links(name: string): LinkRates {
    const { fetchBytesPerMs, sendBytesPerMs } = this.#slaves.get(name) ?? {}
    return {
      ...(fetchBytesPerMs !== undefined &&
        fetchBytesPerMs.count > 0 && { fetchBytesPerMs: fetchBytesPerMs.median }),
      ...(sendBytesPerMs !== undefined &&
        sendBytesPerMs.count > 0 && { sendBytesPerMs: sendBytesPerMs.median }),
    }
  }

  own(name: string): OwnRates | undefined {
    return this.#slaves.get(name)?.own
  }

  /** What units said of a slave, whether it is heeded or not. */
  measured(name: string): MeasuredKind[] {
    return this.#kinds.flatMap(kind => {
      const { semiring, dtype } = kind
      const logFigure = kind.logFigure(name)
      if (logFigure === undefined) return []
      const gflops = this.gflops(name, dtype, semiring) ?? 0
      return [{ semiring, dtype, figure: Math.exp(logFigure), gflops, units: kind.unitsOf(name) }]
    })
  }

  /** All that was measured, for `known` after a restart: of each slave of which there is something. */
  records(): SlaveRecord[] {
    return [...this.#slaves].flatMap(
      ([name, { threads, own, fetchBytesPerMs, sendBytesPerMs }]): SlaveRecord[] => {
        const work = this.#kinds.flatMap(({ semiring, dtype, classes }) =>
          [...classes].flatMap(([sizeClass, one]) => {
            const [rates, computeMs] = [one.ratesOf(name), Math.round(one.computeMsOf(name))]
            return rates.length === 0 ? [] : [{ semiring, dtype, sizeClass, computeMs, rates }]
          }),
        )
        const known = { ...(threads !== undefined && { threads }), ...(own !== undefined && { own }) }
        if (threads === undefined && work.length === 0) return []
        return [
          {
            name,
            ...known,
            work,
            fetchBytesPerMs: fetchBytesPerMs.values,
            sendBytesPerMs: sendBytesPerMs.values,
          },
        ]
      },
    )
  }

  #logFigure(name: string, slave: Slave, dtype: Dtype, semiring: Semiring): number | undefined {
    const kind = this.#kind(semiring, dtype)
    const byUnits = kind?.logFigure(name)
    if (byUnits !== undefined || slave.own === undefined) return byUnits
    const logOwn = logOwnRate(slave.own, dtype)
    return kind?.expectedLogFigure(logOwn) ?? logOwn + (this.#ownScale.of(dtype) ?? 0)
  }

  #restore({ name, threads, own, work, fetchBytesPerMs, sendBytesPerMs }: SlaveRecord): void {
    const slave = this.#slaves.get(name)
    if (slave === undefined) return
    slave.threads = threads
    if (own !== undefined) this.#setOwn(name, slave, own)
    for (const rate of fetchBytesPerMs) slave.fetchBytesPerMs.add(rate)
    for (const rate of sendBytesPerMs) slave.sendBytesPerMs.add(rate)
    for (const { semiring, dtype, sizeClass, computeMs, rates } of work) {
      const kind = this.#kind(semiring, dtype) ?? this.#addKind(semiring, dtype)
      const workClass = kind.classAt(sizeClass)
      for (const rate of rates)
        workClass.add(name, rate, computeMs / rates.length, () => beforehand(slave, dtype))
    }
  }

  #setOwn(name: string, slave: Slave, own: OwnRates | undefined): void {
    if (slave.own !== undefined) this.#ownScale.remove(slave.logPrior, slave.own)
    slave.own = own
    if (own !== undefined) this.#ownScale.add(slave.logPrior, own)
    for (const { dtype, classes } of this.#kinds)
      for (const workClass of classes.values()) workClass.refresh(name, beforehand(slave, dtype))
  }

  #forget(name: string, slave: Slave): void {
    this.#setOwn(name, slave, undefined)
    for (const { classes } of this.#kinds) for (const workClass of classes.values()) workClass.forget(name)
  }

  #kind(semiring: Semiring, dtype: Dtype): WorkKind | undefined {
    for (const kind of this.#kinds) if (kind.dtype === dtype && kind.semiring === semiring) return kind
    return undefined
  }

  #addKind(semiring: Semiring, dtype: Dtype): WorkKind {
    const kind = new WorkKind(semiring, dtype)
    this.#kinds.push(kind)
    return kind
  }
}

const unmeasured = (prior: number): Slave => ({
  prior,
  logPrior: Math.log(prior),
  threads: undefined,
  own: undefined,
  fetchBytesPerMs: new Samples(),
  sendBytesPerMs: new Samples(),
})

const beforehand = ({ logPrior, own }: Slave, dtype: Dtype): Beforehand => ({
  logPrior,
  logOwn: own && logOwnRate(own, dtype),
})
