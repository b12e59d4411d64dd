import {
  type ErasureAction,
  type EvidenceEntry,
  stateReason,
  type UncoveredBecause,
  type UncoveredThings,
} from '@lethe/domain'
import type { Tx } from '../../database.js'
import { blockErasureRequest, moveErasureRequest } from '../erasure-requests.js'
import { readAffectedData } from './read-data.js'
import { type Descendant, readDescendants } from './read-descendants.js'
import { listThings } from './things.js'

/**
 * After the last audit has passed, or where nothing had to be unlearned: the request begins to erase. While something
 * derives from the forget set that no plan covers, it is blocked instead, and the reason names the thing.
 *
 * @returns evidence to be recorded in the same transaction
 */
export async function beginErasing(
  tx: Tx,
  input: { tenantId: string; requestId: string; now: Date },
): Promise<{ evidence: EvidenceEntry[] }> {
  const uncovered = await findUncovered(tx, input)
  if (uncovered.length > 0) return blockUncovered(tx, { ...input, uncovered })
  await listThings(tx, { ...input, modelAction: actionOnceUnlearned, includeData: false })
  await moveErasureRequest(tx, { ...input, to: 'ERASING' })
  return { evidence: [] }
}

/** The candidate that passed is on the list as what it was made by; whatever else remembers goes. */
export function actionOnceUnlearned({ disposition }: Descendant): ErasureAction | null {
  switch (disposition.kind) {
    case 'uncovered':
      return null
    case 'destroy':
    case 'stop':
      return 'DESTROY'
    case 'settled':
      return ({ FORGOTTEN: 'UNLEARN', RETRAINED: 'RETRAIN', DESTROYED: 'DESTROY', RETAINED: 'RETAIN' } as const)[
        disposition.state
      ]
  }
}

/** Something that derives from a request's forget set and that no plan covers. */
export interface Uncovered {
  readonly thing: 'model-version' | 'samples'
  readonly refId: string
  readonly label: string
  readonly why: UncoveredBecause
  /** Named by the plan, which has not been carried out yet. */
  readonly isPlanned: boolean
}

export async function findUncovered(tx: Tx, input: { tenantId: string; requestId: string }): Promise<Uncovered[]> {
  const { tenantId, requestId } = input
  const [descendants, data, listed] = await Promise.all([
    readDescendants(tx, input),
    readAffectedData(tx, input),
    tx.erasureThing.findMany({ where: { tenantId, requestId }, select: { thing: true, refId: true } }),
  ])
  const known = new Set(listed.map(({ thing, refId }) => `${thing} ${refId}`))
  return [
    ...descendants.flatMap(({ version, label, disposition }): Uncovered[] =>
      disposition.kind === 'uncovered'
        ? [
            {
              thing: 'model-version',
              refId: version.id,
              label,
              why: disposition.why,
              isPlanned: known.has(`model-version ${version.id}`),
            },
          ]
        : [],
    ),
    ...data.flatMap(({ version, label }): Uncovered[] =>
      known.has(`samples ${version.id}`)
        ? []
        : [{ thing: 'samples', refId: version.id, label, why: 'holds', isPlanned: false }],
    ),
  ]
}

export function blockUncovered(
  tx: Tx,
  input: { tenantId: string; requestId: string; now: Date; uncovered: readonly Uncovered[] },
): Promise<{ evidence: EvidenceEntry[] }> {
  const { tenantId, requestId, now } = input
  const reason = stateReason('plan-uncovered', nameUncovered(input.uncovered))
  return blockErasureRequest(tx, { tenantId, requestId, code: 'UNCOVERED', reason, now })
}

/** The first few by name; how many more there are. */
export const nameUncovered = (uncovered: readonly Uncovered[]): UncoveredThings => ({
  things: uncovered.slice(0, 5).map(({ label, why }) => ({ label, why })),
  more: Math.max(0, uncovered.length - 5),
})
