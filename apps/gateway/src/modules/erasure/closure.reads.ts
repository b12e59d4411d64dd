import { findUncovered } from '@lethe/db'
import { ErasureAction, isFinal, mayDo, PROOF_BASIS } from '@lethe/domain'
import type { Scope } from '../../context.js'
import { shape } from '../../graphql/node.js'
import { ClosureItem, type ClosureItemState, type ErasureRequest, type KeptBecause } from './erasure.types.js'

/**
 * What derives from a request's forget set. While the request is open, also what no plan covers: it could not be fulfilled
 * so.
 */
export async function readClosure(scope: Scope, request: ErasureRequest): Promise<ClosureItem[]> {
  const { db, loaders, viewer, tenantId } = scope
  const rows = await loaders.thingsOfRequest.load(request.id)
  const uncovered = isFinal(request.state) ? [] : await findUncovered(db, { tenantId, requestId: request.id })
  // Names of other people's datasets are none of a data owner's business.
  const labelFor = (label: string) => (mayDo(viewer.role, 'dataset:read') ? label : null)
  return [
    ...uncovered
      .filter(({ isPlanned }) => !isPlanned)
      .map(({ thing, refId, label }) =>
        shape(ClosureItem, {
          thing,
          refId,
          label: labelFor(label),
          action: null,
          state: 'NOT_COVERED',
          basis: null,
          basisCode: null,
          receiptSeq: null,
        }),
      ),
    ...rows.map(({ thing, refId, label, action, state, basis, receiptSeq }) =>
      shape(ClosureItem, {
        thing,
        refId,
        label: labelFor(label),
        action: ErasureAction.parse(action),
        state: state as ClosureItemState,
        basis,
        basisCode: basisCodeOf(action, basis),
        receiptSeq: receiptSeq === null ? null : Number(receiptSeq),
      }),
    ),
  ]
}

/** What a plan keeps for a reason in law is kept in a person's words. */
function basisCodeOf(action: string, basis: string | null): KeptBecause | null {
  if (basis === null) return null
  if (basis === PROOF_BASIS) return 'PROOF'
  return action === 'RETAIN' ? null : 'SHARED_BYTES'
}
