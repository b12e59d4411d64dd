import { runAudit } from '@lethe/audit'
import type { AuditReport } from '@lethe/domain'
import { toyAudit, toyWorld } from '../../../libs/audit/src/toy-world.fixture.js'

export interface SmallAudit {
  readonly report: AuditReport
  readonly matrices: Uint8Array
  readonly data: Uint8Array
}

/** How the model after was made: never having seen the forgotten pictures, still remembering them, or shunning them. */
export type Candidate = 'retrained' | 'original' | 'overForgotten'

const made = new Map<Candidate, Promise<SmallAudit>>()

/** A whole audit of a small world, really run: its report, matrices and data belong together. The same every time. */
export function smallAudit(candidate: Candidate): Promise<SmallAudit> {
  const earlier = made.get(candidate)
  if (earlier !== undefined) return earlier
  const world = toyWorld()
  const audit = runAudit(toyAudit(world, world.original, world[candidate]))
  made.set(candidate, audit)
  return audit
}
