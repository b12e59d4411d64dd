import type { ArtifactStore } from '@lethe/artifacts'
import type { Bus } from '@lethe/bus'
import type { Database } from '@lethe/db'
import type { Logger } from '@lethe/runtime'

/** What every part of the registrar works with. */
export interface RegistrarContext {
  readonly db: Database
  readonly bus: Bus
  readonly artifacts: ArtifactStore
  readonly logger: Logger
  readonly now: () => Date
}
