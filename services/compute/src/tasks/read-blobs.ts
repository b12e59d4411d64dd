import type { WorkerStore } from '@lethe/artifacts'
import type { BlobRef } from '@lethe/bus'
import { ContentId, DomainError } from '@lethe/domain'

/** The forget sets of these blobs together: content ids, one per line. @throws DomainError FORGET_SET_INVALID. */
export async function readForgetSets(
  artifacts: WorkerStore,
  tenantId: string,
  blobs: readonly BlobRef[],
  field: string,
): Promise<ContentId[]> {
  const texts = await Promise.all(blobs.map(({ digest }) => artifacts.get(tenantId, digest)))
  const lines = texts.flatMap((bytes) => Buffer.from(bytes).toString('utf8').split('\n')).filter((line) => line !== '')
  const parsed = lines.map((line) => ContentId.safeParse(line))
  if (parsed.some(({ success }) => !success))
    throw new DomainError('FORGET_SET_INVALID', 'A forget set holds one SHA-256 in lower-case hex per line.', field)
  return [...new Set(parsed.flatMap(({ data }) => (data === undefined ? [] : [data])))]
}
