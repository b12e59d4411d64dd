import type { Audit as AuditRow } from '@lethe/db'
import type { Verdict } from '@lethe/domain'
import { shape } from '../../graphql/node.js'
import { Audit } from './audit.types.js'

export const shapeAudit = (row: AuditRow): Audit =>
  shape(Audit, {
    id: row.id,
    requestId: row.requestId,
    beforeVersionId: row.beforeVersionId,
    afterVersionId: row.afterVersionId,
    runId: row.runId,
    number: row.number,
    verdict: row.verdict as Verdict,
    report: row.report,
    matricesPath: `/v1/audits/${row.id}/matrices`,
    createdAt: row.createdAt,
  })
