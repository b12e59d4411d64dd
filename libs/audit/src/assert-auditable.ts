import { refuse } from './audit-error.js'
import type { AuditedModel, AuditOptions, AuditSet } from './audited-model.js'
import { viewSeedOf } from './challenge.js'

/** @throws DomainError for sets, labels or a challenge that cannot be audited, before anything is asked. */
export function assertAuditable(options: AuditOptions, models: readonly AuditedModel[]): void {
  const { forget, heldOut, retain, twins } = options
  assertSet(forget, 'forget', 2)
  assertSet(heldOut, 'heldOut', 2)
  // A data owner may hold none of what was retained.
  assertSet(retain, 'retain', 0)
  assertOneSize(options)
  if (twins && twins.members.count !== twins.twins.count)
    refuse('AUDIT_SET_INVALID', 'Every picture that was trained on needs its one twin.', 'twins')
  const labels = models.map(({ role, label }) => `${role}-${label}`)
  if (new Set(labels).size < labels.length)
    refuse('AUDIT_LABEL_TAKEN', 'Two audited models have one role and label; give each its own.', 'references')
  viewSeedOf(options)
}

function assertSet({ images, labels, captions }: AuditSet, field: string, least: number): void {
  if (images.count < least) refuse('AUDIT_SET_INVALID', 'Each set of an audit needs two or more pictures.', field)
  if (images.data.length !== images.count * images.height * images.width * images.channels)
    refuse('AUDIT_SET_INVALID', 'The bytes of this set do not match its size.', field)
  if (labels !== null && labels.length !== images.count)
    refuse('AUDIT_SET_INVALID', `There are ${labels.length} labels for ${images.count} pictures.`, `${field}.labels`)
  if (captions && captions.length !== images.count)
    refuse('AUDIT_SET_INVALID', `There are ${captions.length} texts for ${images.count} pictures.`, `${field}.captions`)
}

function assertOneSize({ forget, heldOut, retain }: AuditOptions): void {
  const { height, width, channels } = forget.images
  for (const [field, { images }] of [
    ['heldOut', heldOut],
    ['retain', retain],
  ] as const)
    if (images.height !== height || images.width !== width || images.channels !== channels)
      refuse('AUDIT_SET_INVALID', 'All sets need pictures of one size; scale them to that of the forget set.', field)
}
