import type { Sample as SampleRow } from '@lethe/db'
import { DomainError, LOOK_BYTES, MAX_BITS, readLook, resemble } from '@lethe/domain'
import type { Scope } from '../../context.js'
import { shape } from '../../graphql/node.js'
import { shapeSample } from '../dataset/dataset.shape.js'
import { FileMatch, SampleSearch } from './sample-search.types.js'

/** What somebody's browser made of a file; the file itself stays with them, and so does its name. */
export interface FileLook {
  readonly contentId: string
  readonly look?: string | null
}

const mostFiles = 100
const mostLookalikes = 5

/**
 * Finds samples by files: the very bytes by their digest, and re-encoded copies by what they look like. Lookalikes are
 * proposals: whoever asks decides about each. A data owner finds their own samples only.
 *
 * @throws DomainError FILES_INVALID
 */
export async function findSamples({ db, viewer, tenantId }: Scope, files: readonly FileLook[]): Promise<SampleSearch> {
  if (files.length === 0 || files.length > mostFiles)
    throw new DomainError('FILES_INVALID', `Give 1 to ${mostFiles} files at once.`, 'files')
  const looks = files.map(({ look }, place) => (look == null ? null : decodeLook(look, place)))
  const mine = viewer.role === 'data_owner' ? { owner: { userId: viewer.userId } } : {}
  const where = { version: { state: 'READY' }, index: { gte: 0 }, ...mine }
  const exact = await db.sample.findMany({
    where: { ...where, contentId: { in: files.map(({ contentId }) => contentId) } },
    distinct: ['contentId'],
  })
  const byContent = new Map(exact.map((row) => [row.contentId, row]))
  const candidates = await findCandidates(db, tenantId, looks)
  const rows = await db.sample.findMany({
    where: { ...where, contentId: { in: [...new Set(candidates.map(({ contentId }) => contentId))] } },
    distinct: ['contentId'],
  })
  const unsearched = await db.datasetVersion.count({
    where: { state: 'READY', samples: { some: { look: null, index: { gte: 0 } } } },
  })
  return shape(SampleSearch, {
    matches: files.map(({ contentId }, place) =>
      shape(FileMatch, {
        contentId,
        sample: shapedOrNull(byContent.get(contentId)),
        lookalikes: lookalikesOf(looks[place] ?? null, rows, contentId),
      }),
    ),
    unsearchedVersions: unsearched,
  })
}

const shapedOrNull = (row: SampleRow | undefined) => (row === undefined ? null : shapeSample(row))

function decodeLook(text: string, place: number): Uint8Array {
  const bytes = /^[A-Za-z0-9+/]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : Buffer.alloc(0)
  if (bytes.length === LOOK_BYTES) return bytes
  throw new DomainError('FILES_INVALID', `A look has ${LOOK_BYTES} bytes in base64.`, `files.${place}.look`)
}

/** Those whose outlines are near enough to be looked at; colours are compared afterwards. */
const findCandidates = (
  db: Scope['db'],
  tenantId: string,
  looks: readonly (Uint8Array | null)[],
): Promise<{ contentId: string }[]> => {
  const outlines = looks.flatMap((look) => (look === null ? [] : [Buffer.from(look.subarray(0, 8)).toString('hex')]))
  if (outlines.length === 0) return Promise.resolve([])
  return db.$queryRaw<{ contentId: string }[]>`
    WITH seen AS MATERIALIZED (
      SELECT DISTINCT ON (content_id) content_id, ('x' || encode(substr(look, 1, 8), 'hex'))::bit(64) AS outline
      FROM sample WHERE tenant_id = ${tenantId}::uuid AND look IS NOT NULL AND index >= 0)
    SELECT DISTINCT seen.content_id AS "contentId" FROM seen
    JOIN unnest(${outlines}::text[]) AS asked(hex)
      ON bit_count(seen.outline # ('x' || asked.hex)::bit(64)) <= ${MAX_BITS}
    LIMIT 2000`
}

function lookalikesOf(look: Uint8Array | null, rows: readonly SampleRow[], contentId: string) {
  if (look === null) return []
  const asked = readLook(look)
  return rows
    .filter((row) => row.contentId !== contentId && row.look !== null && resemble(readLook(row.look), asked))
    .slice(0, mostLookalikes)
    .map(shapeSample)
}
