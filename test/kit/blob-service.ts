import {
  digestsIn,
  grantOver,
  grantSealer,
  notGranted,
  serveBlobs,
  type ArtifactStore,
  type BlobAuthority,
  type GrantHolder,
} from '@lethe/artifacts'
import type { GrantsOf } from '@lethe/bus'

export interface TestBlobService {
  readonly url: string
  /** A grant that reads what the message names. */
  grant(holder: GrantHolder, message: unknown): string
  /** What tasks of the run came with. */
  grantsOf: GrantsOf
  /** From now on only what is the holder's own can be deleted. */
  end(id: string): void
  close(): Promise<void>
}

/**
 * Blobs as the registrar gives them out, for rigs without a database: the real service over a real store, with the rules of
 * services/registrar/src/blobs kept in memory.
 */
export async function startBlobService(store: ArtifactStore): Promise<TestBlobService> {
  const grants = grantSealer(['a secret of tests, of 32 characters and more'])
  const holders = new Map<string, { named: ReadonlySet<string>; own: Set<string>; isOver: boolean }>()
  const live = ({ id }: GrantHolder) => {
    const found = holders.get(id)
    if (!found || found.isOver) throw grantOver()
    return found
  }
  const authority: BlobAuthority = {
    get: async (holder, digest) => {
      const { named, own } = live(holder)
      if (!named.has(digest) && !own.has(digest)) throw notGranted()
    },
    put: async (holder, { digest }, keep) => {
      const { own } = live(holder)
      if (!(await store.has(holder.tenantId, digest))) own.add(digest)
      await keep()
    },
    delete: async ({ tenantId, id }, digest, erase) => {
      if (!holders.get(id)?.own.delete(digest)) {
        if (await store.has(tenantId, digest)) throw notGranted()
        return false
      }
      await erase()
      return true
    },
  }
  const note = () => undefined
  const service = await serveBlobs({ host: '127.0.0.1', port: 0, store, grants, authority, maxBytes: 2 ** 30, note })
  return {
    url: `http://127.0.0.1:${service.port}`,
    grant(holder, message) {
      holders.set(holder.id, { named: new Set(digestsIn(message)), own: new Set(), isOver: false })
      return grants.seal(holder)
    },
    grantsOf: ({ tenantId, runId: id }) => grants.sealings({ kind: 'run', tenantId, id }),
    end: (id) => {
      const holder = holders.get(id)
      if (holder) holder.isOver = true
    },
    close: () => service.close(),
  }
}
