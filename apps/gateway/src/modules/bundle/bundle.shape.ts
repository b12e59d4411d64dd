import type { EvidenceBundle as BundleRow } from '@lethe/db'
import { z } from 'zod'
import { shape } from '../../graphql/node.js'
import { EvidenceBundle, EvidenceBundleFailure, EvidenceBundleState } from './bundle.types.js'

const Failure = z.object({ code: z.string(), message: z.string() })
const State = z.enum(EvidenceBundleState)

export const shapeBundle = (row: BundleRow): EvidenceBundle =>
  shape(EvidenceBundle, {
    id: row.id,
    requestId: row.requestId,
    state: State.parse(row.state),
    requestedAt: row.requestedAt,
    isAutomatic: row.requestedBy === null,
    logSize: row.logSize === null ? null : Number(row.logSize),
    digest: row.digest,
    size: row.size === null ? null : Number(row.size),
    path: row.digest === null ? null : `/v1/evidence/bundles/${row.id}`,
    failure: row.failure === null ? null : shape(EvidenceBundleFailure, Failure.parse(row.failure)),
    settledAt: row.settledAt,
  })
