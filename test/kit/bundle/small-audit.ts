import { runAudit } from '@lethe/audit'
import { AuditPolicy, auditPolicyDigest, type AuditReport } from '@lethe/domain'
import { toyAudit, toyWorld, type ToyWorldSizes } from '../../../libs/audit/src/toy-world.fixture.js'

export interface SmallAudit {
  readonly report: AuditReport
  readonly matrices: Uint8Array
  readonly data: Uint8Array
}

/** How the model after was made: never having seen the forgotten pictures, still remembering them, or shunning them. */
export type Candidate = 'retrained' | 'original' | 'overForgotten'

/** Quick, and as exacting as a small world allows. */
const quick = AuditPolicy.parse({ version: 1, views: 5, resamples: 200, utilityMargin: 0.15 })

const made = new Map<string, Promise<SmallAudit>>()

/** A whole audit of a small world, really run: its report, matrices and data belong together. The same every time. */
export function smallAudit(candidate: Candidate, policy = quick, sizes: ToyWorldSizes = {}): Promise<SmallAudit> {
  const key = `${candidate} ${auditPolicyDigest(policy)} ${JSON.stringify(sizes)}`
  const earlier = made.get(key)
  if (earlier !== undefined) return earlier
  const world = toyWorld(sizes)
  const audit = runAudit(toyAudit(world, world.original, world[candidate], { policy }))
  made.set(key, audit)
  return audit
}
