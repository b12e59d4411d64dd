import { finding, type Finding } from '../report/finding.js'
import { closingOf, ownOfKind, type Case, type CheckOfCase } from './case.js'

/** Before the request was fulfilled, everything that derives from the forgotten samples had a state, and what was destroyed a receipt. */
export const checkClosure: CheckOfCase = (of) => {
  const closing = closingOf(of)
  if (closing?.predicate.outcome !== 'FULFILLED') return { findings: [], isSkipped: true }
  const assessed = ownOfKind(of, 'closure-assessed/v1').at(-1)
  if (assessed === undefined) return { findings: [finding('CLOSURE_MISSING', closing.path)] }
  const findings: Finding[] = assessed.seq > closing.seq ? [finding('CLOSURE_LATE', assessed.path)] : []
  const { items } = assessed.predicate
  const receipts = new Set(
    ownOfKind(of, 'data-deleted/v1').flatMap(({ predicate: { store, things } }) =>
      things.flatMap(({ thing, id }) => [JSON.stringify([thing, id]), JSON.stringify([thing, id, store])]),
    ),
  )
  for (const { thing, id, store, state } of items) {
    if (state === 'NOT_COVERED') findings.push(finding('NOT_COVERED', assessed.path, `${thing} ${id}`))
    const receipt = JSON.stringify(store === undefined ? [thing, id] : [thing, id, store])
    if (state === 'DESTROYED' && !receipts.has(receipt))
      findings.push(finding('RECEIPT_MISSING', assessed.path, `${thing} ${id}`))
  }
  const named = new Set(items.map(({ id }) => id))
  for (const id of thingsOf(of)) if (!named.has(id)) findings.push(finding('THING_UNASSESSED', assessed.path, id))
  const counted = (state: string) => items.filter((item) => item.state === state).length
  return {
    findings,
    facts: { things: items.length, destroyed: counted('DESTROYED'), retained: counted('RETAINED') },
  }
}

/** Ids of all that the last plan said derives from the forgotten samples, and of model versions that were made since. */
const thingsOf = (of: Case): ReadonlySet<string> =>
  new Set([
    ...(ownOfKind(of, 'erasure-planned/v1')
      .at(-1)
      ?.predicate.things.map(({ id }) => id) ?? []),
    ...ownOfKind(of, 'model-unlearned/v1').map(({ predicate }) => predicate.modelVersionId),
  ])
