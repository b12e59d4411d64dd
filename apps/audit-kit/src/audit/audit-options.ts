import { AUDIT_EPOCH, type AuditedModel, type AuditOptions, type AuditSet } from '@lethe/audit'
import type { PackedImages, UnlearningMethod } from '@lethe/domain'
import { drawViews } from '@lethe/views'
import type { SavedSet, Session } from '../record/session.js'

type Model = Omit<AuditedModel, 'method'>

/** The audit that a session plans, of two models; equal sessions and answers give an equal report. */
export function auditOptions({ plan, sets }: Session, before: Model, after: Model, signal: AbortSignal): AuditOptions {
  const method = plan.method as UnlearningMethod
  return {
    before: { ...before, method: null },
    after: { ...after, method },
    references: [],
    forget: setOf(sets.forget),
    heldOut: setOf(sets.heldOut),
    retain: sets.retain === null ? noPictures(sets.forget.images) : setOf(sets.retain),
    drawViews: (images, seed, view) => drawViews(images, plan.views, { seed, epoch: AUDIT_EPOCH, view }),
    policy: plan.policy,
    challenge: plan.challenge === null ? undefined : { publicValue: plan.challenge },
    method,
    signal,
    // Only progress is reckoned by it, and the kit reckons its own.
    now: () => 0,
  }
}

const setOf = ({ images, labels, captions }: SavedSet): AuditSet => ({ images, labels, captions })

const noPictures = (like: PackedImages): AuditSet => ({
  images: { ...like, data: new Uint8Array(0), count: 0 },
  labels: null,
})
