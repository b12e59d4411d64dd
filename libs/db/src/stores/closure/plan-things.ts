import type { Tx } from '../../database.js'
import type { ErasureThing } from '../../generated/client.js'
import type { Descendant } from './read-descendants.js'
import { listThings } from './things.js'

/** What a plan does about a version that serves or could. */
export interface PlannedVersion {
  readonly modelVersionId: string
  readonly action: 'UNLEARN' | 'RETRAIN' | 'RETIRE' | 'DESTROY' | 'RETAIN'
  /** By what law a version that remembers is kept: of RETAIN. */
  readonly basis?: string | undefined
}

/**
 * Puts on a request's list everything that derives from its forget set: versions that serve or could as the plan says,
 * whatever else remembers to be destroyed, and the data itself. Gives the whole list.
 */
export function planThings(
  tx: Tx,
  input: { tenantId: string; requestId: string; items: readonly PlannedVersion[] },
): Promise<ErasureThing[]> {
  const planned = new Map(input.items.map(({ modelVersionId, action }) => [modelVersionId, action]))
  const bases = new Map(input.items.map(({ modelVersionId, basis }) => [modelVersionId, basis ?? null]))
  const modelAction = ({ version, disposition }: Descendant) => {
    const action = planned.get(version.id)
    if (action !== undefined) return action === 'RETIRE' ? 'DESTROY' : action
    if (disposition.kind === 'settled' && disposition.state !== 'DESTROYED') return null
    return version.state === 'PRODUCTION' ? null : 'DESTROY'
  }
  const basisOf = ({ version }: Descendant) => bases.get(version.id) ?? null
  return listThings(tx, { ...input, modelAction, basisOf, includeData: true })
}
