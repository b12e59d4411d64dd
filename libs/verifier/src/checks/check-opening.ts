import { sha256Hex, hmacSha256Hex } from '../crypto/digest.js'
import { finding, type Finding } from '../report/finding.js'
import { ownOfKind, type CheckOfCase } from './case.js'

/** The commitments on record are those of the person and of the pictures in the reader's opening. */
export const checkOpening: CheckOfCase = async (of) => {
  const { opening } = of
  if (opening === null) return { findings: [], isSkipped: true }
  const { contentIds } = opening
  const digest = contentIds === null ? opening.forgetSetDigest : await sha256Hex(forgetSetText(contentIds))
  const forgetSet = await hmacSha256Hex(opening.salt, `lethe/forget-set/v1\n${digest}`)
  const subject =
    opening.subjectKey === null ? null : await hmacSha256Hex(opening.salt, `lethe/subject/v1\n${opening.subjectKey}`)
  const findings: Finding[] = []
  const differs = (path: string, member: string) => findings.push(finding('OPENING_DIFFERS', path, member))
  const pictures = contentIds === null ? null : new Set(contentIds).size
  for (const { path, predicate } of ownOfKind(of, 'erasure-requested/v1')) {
    if (predicate.forgetSetCommitment !== forgetSet) differs(path, 'forgetSetCommitment')
    if (pictures !== null && predicate.forgetCount !== pictures) differs(path, 'forgetCount')
    if (subject !== null && predicate.subjectCommitment !== subject) differs(path, 'subjectCommitment')
  }
  for (const { path, predicate } of [...ownOfKind(of, 'erasure-planned/v1'), ...ownOfKind(of, 'model-unlearned/v1')])
    if (predicate.forgetSetCommitment !== forgetSet) differs(path, 'forgetSetCommitment')
  const [requested] = ownOfKind(of, 'erasure-requested/v1')
  return { findings, facts: { pictures: pictures ?? requested?.predicate.forgetCount ?? 0 } }
}

/** One content id a line, sorted, each once. */
const forgetSetText = (contentIds: readonly string[]): Uint8Array =>
  new TextEncoder().encode(
    [...new Set(contentIds)]
      .sort()
      .map((contentId) => `${contentId}\n`)
      .join(''),
  )
