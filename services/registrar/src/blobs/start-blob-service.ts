import { type BlobService, serveBlobs } from '@lethe/artifacts'
import { regrantDeployments, regrantTasks } from '@lethe/bus'
import { grantOf, grantsOfRun } from '../publish-message.js'
import type { RegistrarContext } from '../registrar-context.js'
import { blobAuthority } from './blob-authority.js'

export interface BlobServiceOptions {
  readonly host: string
  /** 0 picks a free one. */
  readonly port: number
  /** Bytes of one blob. */
  readonly maxBytes: number
}

/** Where workers get at blobs, of the tenant whose task or deployment they hold. What has no grant of now gets one first. */
export async function startBlobService(context: RegistrarContext, options: BlobServiceOptions): Promise<BlobService> {
  const { bus, artifacts, grants, logger } = context
  const regranted = await regrantDeployments(bus, (deployment) => grantOf(grants, deployment))
  if (regranted > 0) logger.info({ regranted }, 'deployments granted anew')
  const tasks = await regrantTasks(bus, grantsOfRun(grants))
  if (tasks > 0) logger.info({ tasks }, 'tasks granted anew')
  return serveBlobs({
    ...options,
    store: artifacts,
    grants,
    authority: blobAuthority(context),
    note: ({ event, error, ...note }) => logger.warn({ ...note, err: error }, `blob ${event}`),
  })
}
