import { refuse } from '../audit-error.js'
import type { AuditData } from './audit-data.js'

/**
 * Arrays about the same samples have one length, and there are as many samples as the sizes say.
 * @throws DomainError AUDIT_DATA_INVALID
 */
export function assertConsistent(data: AuditData): void {
  const { models, sizes, twins, canaries, texts, recovery } = data
  const [before, after] = models
  if (before?.role !== 'before' || after?.role !== 'after' || before.matrices === null || after.matrices === null)
    refuse('AUDIT_DATA_INVALID', 'The first two models are those before and after, with their matrices.', 'models')
  models.forEach((model, index) => {
    const field = `models.${index}`
    assertLengths(`${field}.alignment`, model.alignment, { forget: sizes.forget, heldOut: sizes.heldOut })
    assertLengths(`${field}.scores`, model.scores, { forget: sizes.forget, heldOut: sizes.heldOut })
    for (const [name, scores] of Object.entries(model.witnesses)) {
      const own = before.witnesses[name as keyof typeof model.witnesses]
      if (scores !== undefined && own !== undefined) assertLengths(`${field}.witnesses.${name}`, scores, lengthsOf(own))
    }
    if (model.utility !== null && before.utility !== null)
      assertLength(`${field}.utility.values`, model.utility.values.length, before.utility.values.length)
    if (model.matrices !== null)
      assertLengths(`${field}.matrices`, model.matrices, lengthsOf(before.matrices as SetScoresLike))
  })
  if (twins !== null)
    for (const side of ['before', 'after'] as const)
      for (const part of ['members', 'twins'] as const)
        assertLength(`twins.${side}.${part}`, twins[side][part].length, twins.before.members.length)
  if (canaries !== null)
    for (const part of ['included', 'excluded'] as const)
      assertLength(`canaries.after.${part}`, canaries.after[part].length, canaries.before[part].length)
  if (texts !== null) assertTexts(texts, sizes)
  if (recovery !== null) {
    const scores = [recovery.unlearned, ...recovery.retrained].flat()
    for (const at of scores) assertLengths('recovery', at, lengthsOf(recovery.original))
  }
}

interface SetScoresLike {
  readonly forget: ArrayLike<number>
  readonly heldOut: ArrayLike<number>
}

function assertTexts({ before, after }: NonNullable<AuditData['texts']>, { forget, heldOut }: AuditData['sizes']): void {
  for (const [side, { pairs, ranks, matrices }] of [['before', before], ['after', after]] as const) {
    const field = `texts.${side}`
    assertLengths(`${field}.pairs.alignment`, pairs.alignment, { forget, heldOut })
    assertLengths(`${field}.pairs.scores`, pairs.scores, { forget, heldOut })
    assertLength(`${field}.ranks.retain`, ranks.retain.length, before.ranks.retain.length)
    assertLength(`${field}.ranks.heldOut`, ranks.heldOut.length, before.ranks.heldOut.length)
    assertLengths(`${field}.matrices`, matrices, lengthsOf(before.matrices))
  }
} // prettier-ignore

const lengthsOf = ({ forget, heldOut }: SetScoresLike) => ({ forget: forget.length, heldOut: heldOut.length })

function assertLengths(field: string, found: SetScoresLike, wanted: ReturnType<typeof lengthsOf>): void {
  assertLength(`${field}.forget`, found.forget.length, wanted.forget)
  assertLength(`${field}.heldOut`, found.heldOut.length, wanted.heldOut)
}

function assertLength(field: string, found: number, wanted: number): void {
  if (found !== wanted) refuse('AUDIT_DATA_INVALID', `There are ${found} numbers about ${wanted} samples.`, field)
}
