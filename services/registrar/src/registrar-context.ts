import type { ArtifactStore, GrantSealer } from '@lethe/artifacts'
import type { Bus } from '@lethe/bus'
import type { Database } from '@lethe/db'
import type { ModelSigner } from '@lethe/ledger'
import type { Logger } from '@lethe/runtime'

/** What every part of the registrar works with. */
export interface RegistrarContext {
  readonly db: Database
  readonly bus: Bus
  readonly artifacts: ArtifactStore
  /** Seals what workers show to get at blobs. */
  readonly grants: GrantSealer
  /** Signs the files of every version that is trained. */
  readonly modelSigner: ModelSigner
  readonly logger: Logger
  readonly now: () => Date
}
