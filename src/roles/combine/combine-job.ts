/**
 * One open job at master-combine: tiles stream in from slaves and go straight to their places in the result's file.
 *
 * One attempt of a unit writes at a time. A newer attempt takes over from an older one that has not finished (its
 * slave may be frozen); what the older one still sends is refused before it is written. A tile counts as placed when
 * its stream is whole, its digests are right and its bytes are in the file.
 */
import { area, type Rectangle } from '../../core/geometry.ts'
import { bytesPerElement, type Dtype } from '../../core/matrix.ts'
import { Placement } from '../../core/placement.ts'
import { GemmeshError } from '../../errors.ts'
import type { BulkHeader, UnitRef } from '../../protocol/messages.ts'
import type { BulkSink } from '../../protocol/bulk.ts'
import type { ResultFile } from '../../store/results.ts'

export interface JobDescription {
  readonly job: string
  readonly dtype: Dtype
  readonly rows: number
  readonly columns: number
  readonly dimensions: 1 | 2
  readonly tiles: readonly Rectangle[]
  readonly replyTo: string
}
