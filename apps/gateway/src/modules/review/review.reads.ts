import type { Tx } from '@lethe/db'
import { z } from 'zod'
import type { Scope } from '../../context.js'
import { shape } from '../../graphql/node.js'
import { AuditorFinding, AuditorSignOff, FindingSeverity, SignOffOutcome } from './review.types.js'

const finding = 'auditor-finding/v1'
const signOff = 'auditor-signed-off/v1'

const FindingBody = z.object({
  predicate: z.object({ number: z.int(), severity: z.enum(FindingSeverity), statement: z.string() }),
})
const SignOffBody = z.object({
  predicate: z.object({ outcome: z.enum(SignOffOutcome), findings: z.array(z.int()) }),
})

export const countFindings = (tx: Pick<Tx, 'evidence'>, requestId: string): Promise<number> =>
  tx.evidence.count({ where: { requestId, kind: finding } })

export const countSignOffs = (tx: Pick<Tx, 'evidence'>, requestId: string): Promise<number> =>
  tx.evidence.count({ where: { requestId, kind: signOff } })

export async function readFindings({ loaders }: Scope, requestId: string): Promise<AuditorFinding[]> {
  const rows = await loaders.evidenceOfRequest.load(requestId)
  return rows
    .filter(({ kind }) => kind === finding)
    .map((row) =>
      shape(AuditorFinding, {
        ...FindingBody.parse(row.payload).predicate,
        evidenceSeq: Number(row.seq),
        at: row.createdAt,
      }),
    )
}

export async function readSignOffs({ loaders }: Scope, requestId: string): Promise<AuditorSignOff[]> {
  const rows = await loaders.evidenceOfRequest.load(requestId)
  return rows
    .filter(({ kind }) => kind === signOff)
    .map((row) =>
      shape(AuditorSignOff, {
        ...SignOffBody.parse(row.payload).predicate,
        evidenceSeq: Number(row.seq),
        at: row.createdAt,
      }),
    )
}
