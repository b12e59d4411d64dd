import { checkCosignature, checkNoteSignature } from '../log/check-note-signature.js'
import type { LogCheckpoint } from '../log/log-checkpoint.js'
import { finding, type Finding } from '../report/finding.js'
import type { VerifierKey } from '../trust/verifier-key.js'
import { isLater } from './check-times.js'

export const namesOf = (keys: readonly VerifierKey[]): string => keys.map(({ name }) => name).join(', ')

/** Nothing where one of these keys of the log signed the head, and none of them wrongly. */
export async function findUnsigned(
  { note, origin }: LogCheckpoint,
  keys: readonly VerifierKey[],
  where: string,
): Promise<Finding[]> {
  const outcomes = await Promise.all(keys.map((key) => checkNoteSignature(note, key)))
  if (outcomes.includes('invalid')) return [finding('SIGNATURE_INVALID', where, origin)]
  return outcomes.includes('valid') ? [] : [finding('KEY_UNTRUSTED', where, origin)]
}

/** Nothing where each of these witnesses cosigned the head, and none of them in the future. */
export async function findUnwitnessed(
  { note }: LogCheckpoint,
  { witnesses, at }: { witnesses: readonly VerifierKey[]; at: Date },
  where: string,
): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const witness of witnesses) {
    const { outcome, seenAt } = await checkCosignature(note, witness)
    if (outcome === 'absent') findings.push(finding('WITNESS_ABSENT', where, witness.name))
    if (outcome === 'invalid') findings.push(finding('SIGNATURE_INVALID', where, witness.name))
    if (seenAt !== null && isLater(seenAt * 1000, at)) findings.push(finding('TIME_IN_FUTURE', where, witness.name))
  }
  return findings
}
