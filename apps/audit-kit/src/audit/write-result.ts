import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { OwnerAuditResult, type Digest, type OwnerAuditPlan } from '@lethe/domain'
import { encodeVerifier, signOwnerAudit, type LogSigner, type LogVerifier } from '@lethe/ledger'
import { languages, renderAuditReport, type CheckStep, type Provenance } from '@lethe/report'
import { planText, type Session } from '../record/session.js'
import { describe } from './prepare-session.js'
import { endpointOf } from '../endpoint/read-endpoint.js'
import type { Conducted } from './conduct-audit.js'

export const files = {
  result: 'result.json',
  matrices: 'matrices.safetensors',
  data: 'audit-data.safetensors',
  statement: 'statement.dsse.json',
  key: 'owner.pub',
  report: (language: string) => `report.${language}.html`,
} as const

export const sha256 = (content: string | Uint8Array): Digest =>
  createHash('sha256').update(content).digest('hex') as Digest

/** result.json of an audit; equal input gives equal characters. */
export function resultText(
  plan: OwnerAuditPlan,
  endpoints: OwnerAuditResult['endpoints'],
  { report, answers }: Pick<Conducted, 'report' | 'answers'>,
  madeAt: string,
): string {
  const planDigest = sha256(planText(plan))
  const result: OwnerAuditResult = { version: 1, madeAt, plan, planDigest, endpoints, answers, report }
  return `${JSON.stringify(result, null, 2)}\n`
}

export function endpointsOf({ secrets }: Session): OwnerAuditResult['endpoints'] {
  const { before, after } = secrets.endpoints
  const second = after ?? before
  return {
    before: describe(endpointOf(before.url, before.said)),
    after: describe(endpointOf(second.url, second.said)),
  }
}

/** The report of a result in each language; a verifier renders it again and compares. */
export function renderReports(text: string, matrices: Uint8Array, key: LogVerifier): Map<string, string> {
  const result = OwnerAuditResult.parse(JSON.parse(text))
  return new Map(
    languages.map((language) => [
      files.report(language),
      renderAuditReport({
        report: result.report,
        matrices,
        language,
        provenance: provenanceOf(result, sha256(text), key),
        checks: checksOf(key),
      }),
    ]),
  )
}

function provenanceOf(
  { plan, madeAt, endpoints, answers }: OwnerAuditResult,
  resultDigest: string,
  key: LogVerifier,
): Provenance {
  return {
    madeAt,
    madeBy: plan.kit,
    endpoints,
    pictures: plan.pictures,
    imageSize: plan.imageSize,
    answers,
    resultDigest,
    signedBy: encodeVerifier(key),
  }
}

const checksOf = (key: LogVerifier): CheckStep[] => [
  { kind: 'verify', command: `lethe-audit verify . --key ${encodeVerifier(key)}` },
  { kind: 'digest', command: `sha256sum ${files.result} ${files.data} ${files.matrices}` },
]

/** Writes result, matrices, data, signature, key and reports. @returns the names of the files. */
export function writeResult(
  folder: string,
  session: Session,
  conducted: Conducted,
  signer: LogSigner,
  now: Date,
): string[] {
  const text = resultText(session.plan, endpointsOf(session), conducted, now.toISOString())
  const envelope = signOwnerAudit(text, signer)
  const contents = new Map<string, string | Uint8Array>([
    [files.result, text],
    [files.matrices, conducted.matrices],
    [files.data, conducted.data],
    [files.statement, `${JSON.stringify(envelope, null, 2)}\n`],
    [files.key, `${encodeVerifier(signer)}\n`],
    ...renderReports(text, conducted.matrices, signer),
  ])
  for (const [name, content] of contents) writeFileSync(path.join(folder, name), content)
  return [...contents.keys()]
}
