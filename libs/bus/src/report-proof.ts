import { DomainError, type RunId, type TenantId } from '@lethe/domain'
import type { JsMsg } from '@nats-io/jetstream'
import { headers, type MsgHdrs } from 'nats'
import { createHmac, timingSafeEqual } from 'node:crypto'

/** The grants that tasks of a run may have come with, the one of now first: one for each secret that still holds. */
export type GrantsOf = (run: {
  readonly tenantId: TenantId
  readonly runId: RunId
}) => readonly [string, ...(readonly string[])]

/** Beside a result or progress: that whoever says it held the grant of the run. */
const proofHeader = 'Lethe-Proof'

const macOf = (grant: string, purpose: string, ...parts: readonly (string | Uint8Array)[]): Buffer => {
  const mac = createHmac('sha256', grant).update(`${purpose}\n`)
  for (const part of parts) mac.update(part)
  return mac.digest()
}

/** HMAC-SHA-256 under the grant over subject and bytes. The grant itself is not sent: reports are kept, and others read them. */
const proofOf = (grant: string, subject: string, body: string | Uint8Array): Buffer =>
  macOf(grant, 'lethe-run-report/1', `${subject}\n`, body)

export function provenBy(grant: string, subject: string, body: string): MsgHdrs {
  const beside = headers()
  beside.set(proofHeader, proofOf(grant, subject, body).toString('base64url'))
  return beside
}

/**
 * The message id of a run's result: the same from every attempt, and nobody without the grant can say something under it
 * first, after which the server would take the true result for a duplicate.
 */
export const resultId = (grant: string, runId: RunId): string =>
  `${runId}:result:${macOf(grant, 'lethe-result-id/1').toString('base64url')}`

/** @throws DomainError REPORT_UNPROVEN */
export function assertProven({ headers: beside, subject, data }: JsMsg, grants: readonly string[]): void {
  const proof = Buffer.from(beside?.get(proofHeader) ?? '', 'base64url')
  const isProven = grants.some((grant) => {
    const expected = proofOf(grant, subject, data)
    return proof.length === expected.length && timingSafeEqual(proof, expected)
  })
  if (!isProven)
    throw new DomainError(
      'REPORT_UNPROVEN',
      'Nothing shows that this comes from whoever was given the task of the run; it is kept as a dead letter and changes nothing.',
    )
}
