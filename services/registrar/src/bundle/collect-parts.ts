import type { ArtifactStore } from '@lethe/artifacts'
import { logNodesOf, type PinnedBundle, readBomLabels, readBundledEvidence, type TenantClient } from '@lethe/db'
import { AuditReport, Digest, DomainError, sha256 } from '@lethe/domain'
import {
  auditReportText,
  type BundledAudit,
  type BundledStatement,
  type BundleParts,
  mlBom,
  parseStatement,
  readInclusionProofs,
  type Statement,
} from '@lethe/ledger'
import { renderAuditReport } from '@lethe/report'
import { withCosignatures } from './cosigned-checkpoints.js'

interface Sources {
  readonly client: TenantClient
  readonly artifacts: ArtifactStore
  /** Where checkpoints are published, and cosigned. */
  readonly checkpointDir?: string | undefined
}

/**
 * Everything that a bundle is made of, as it was when its size of the log was chosen: which audits, files and signatures
 * there are is read from the statements alone, never from rows that go on changing.
 *
 * @throws DomainError ARTIFACT_MISSING, ARTIFACT_CORRUPT, REPORT_CHANGED, NODES_MISSING, STATEMENT_MALFORMED,
 *   MATRICES_INVALID, SAFETENSORS_*
 */
export async function collectParts(sources: Sources, bundle: PinnedBundle): Promise<BundleParts> {
  const { client } = sources
  const { tenantId, requestId, logSize } = bundle
  const [request, checkpoint, rows] = await Promise.all([
    client.erasureRequest.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id: requestId } } }),
    client.logCheckpoint.findUniqueOrThrow({ where: { tenantId_size: { tenantId, size: logSize } } }),
    readBundledEvidence(client, { tenantId, requestId, upTo: logSize }),
  ])
  const numbers = rows.map(({ seq }) => Number(seq))
  const paths = await readInclusionProofs(
    numbers.map((seq) => seq - 1),
    Number(logSize),
    logNodesOf(client, tenantId),
  )
  const bodies = rows.map(({ body }) => body)
  const statements = bodies.map(parseStatement)
  return {
    tenantId,
    erasureRequestId: requestId,
    number: request.number,
    createdAt: bundle.pinnedAt,
    checkpoint: await withCosignatures(sources.checkpointDir, checkpoint),
    statements: bodies.map((body, at): BundledStatement => ({ seq: numbers[at] ?? 0, body, path: paths[at] ?? [] })),
    audits: await collectAudits(sources, { tenantId, requestId, statements }),
    modelSignatures: await collectSignatures(sources, { tenantId, statements }),
    bom: await collectBom(sources, statements),
  }
}

async function collectAudits(
  { client, artifacts }: Sources,
  { tenantId, requestId, statements }: { tenantId: string; requestId: string; statements: readonly Statement[] },
): Promise<BundledAudit[]> {
  const audits: BundledAudit[] = []
  for (const statement of statements) {
    const { kind, recorded, predicate, subjects } = statement
    if (kind !== 'audit-completed/v1' || recorded.erasureRequestId !== requestId) continue
    const id = predicate.auditId
    const stated = (part: string) => subjects.find(({ name }) => name === `audit/${id}/${part}`)?.digest.sha256
    const row = await client.audit.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id } } })
    const text = auditReportText(row.report as object)
    const reportDigest = stated('report')
    if (reportDigest !== undefined && reportDigest !== sha256(text))
      throw new DomainError(
        'REPORT_CHANGED',
        `The stored report of audit ${row.number} is not the one that was put on record; run "lethe ledger fsck".`,
        `audits.${row.number}.report`,
      )
    const report = AuditReport.parse(row.report)
    const fetched = async (part: string) => {
      const digest = stated(part)
      return digest === undefined ? undefined : artifacts.get(tenantId, Digest.parse(digest))
    }
    const matrices = await artifacts.get(tenantId, report.matrices.digest)
    const page = (language: 'en' | 'ja') => renderAuditReport({ report, matrices, language })
    audits.push({
      number: row.number,
      report: text,
      pages: { en: page('en'), ja: page('ja') },
      matrices,
      data: await fetched('data'),
    })
  }
  return audits
}

const signatureOf = /^model-version\/([0-9a-f-]{36})\/signature$/

/** Signatures over the files of every model version whose statement names one. */
async function collectSignatures(
  { artifacts }: Sources,
  { tenantId, statements }: { tenantId: string; statements: readonly Statement[] },
): Promise<BundleParts['modelSignatures']> {
  const digests = new Map(
    statements.flatMap(({ subjects }) =>
      subjects.flatMap(({ name, digest }): [string, Digest][] => {
        const modelVersionId = signatureOf.exec(name)?.[1]
        return modelVersionId === undefined ? [] : [[modelVersionId, Digest.parse(digest.sha256)]]
      }),
    ),
  )
  return Promise.all(
    [...digests].map(async ([modelVersionId, digest]) => ({
      modelVersionId,
      signature: await artifacts.get(tenantId, digest),
    })),
  )
}

/** Of every model version whose making is stated; undefined where a request touched none. */
async function collectBom({ client }: Sources, statements: readonly Statement[]): Promise<Uint8Array | undefined> {
  const made = statements.flatMap((statement) =>
    statement.kind === 'model-trained/v1' || statement.kind === 'model-unlearned/v1' ? [statement.predicate] : [],
  )
  if (made.length === 0) return undefined
  return Buffer.from(mlBom(statements, await readBomLabels(client, made)))
}
