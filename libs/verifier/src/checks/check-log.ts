import { paths, statementPath } from '../archive/bundle-paths.js'
import { equalBytes } from '../encoding/hex.js'
import { checkNoteSignature } from '../log/check-note-signature.js'
import { leafHash, rootFromInclusion } from '../log/inclusion.js'
import { finding, type Finding } from '../report/finding.js'
import { findUnsigned, findUnwitnessed, namesOf } from './check-head.js'
import type { Case, CheckOfCase } from './case.js'

/** Every statement is a leaf of the tree whose root the checkpoint names, and every proof belongs to a statement. */
export const checkInclusion: CheckOfCase = async ({ bundle: { statements, proofs, manifest } }) => {
  if (proofs === null) return { findings: [finding('PROOFS_MALFORMED', paths.proofs)] }
  const findings: Finding[] = []
  const bySeq = new Map(proofs.entries.map((entry) => [entry.seq, entry]))
  if (bySeq.size !== proofs.entries.length) findings.push(finding('PROOFS_MALFORMED', paths.proofs))
  for (const { seq, kind, envelope } of statements) {
    const path = statementPath(seq, kind)
    const proof = bySeq.get(seq)
    if (proof === undefined) {
      findings.push(finding('PROOF_MISSING', path))
      continue
    }
    bySeq.delete(seq)
    const leaf = await leafHash(envelope.payload)
    if (!equalBytes(leaf, proof.leafHash)) findings.push(finding('LEAF_MISMATCH', path))
    const root = await rootFromInclusion({ leaf, index: seq - 1, size: proofs.treeSize, path: proof.path })
    if (root === null || !equalBytes(root, proofs.root)) findings.push(finding('ROOT_MISMATCH', path))
  }
  for (const seq of bySeq.keys()) findings.push(finding('PROOF_STRAY', paths.proofs, seq))
  return { findings, facts: { statements: statements.length, size: manifest.logSize } }
}

/** The head of the log is signed by a trusted key of the log, and is the one that manifest and proofs speak of. */
export const checkCheckpoint: CheckOfCase = async ({ bundle: { checkpoint, proofs, manifest }, keys }) => {
  if (checkpoint === null) return { findings: [finding('CHECKPOINT_MALFORMED', paths.checkpoint)] }
  const findings: Finding[] = []
  const { origin, size, root } = checkpoint
  if (origin !== manifest.origin) findings.push(finding('CHECKPOINT_MISMATCH', paths.checkpoint, 'origin'))
  if (size !== manifest.logSize || (proofs !== null && size !== proofs.treeSize))
    findings.push(finding('CHECKPOINT_MISMATCH', paths.checkpoint, 'size'))
  if (proofs !== null && !equalBytes(root, proofs.root))
    findings.push(finding('CHECKPOINT_MISMATCH', paths.checkpoint, 'root'))
  findings.push(...(await findUnsigned(checkpoint, keys, paths.checkpoint)))
  return { findings, facts: { origin, size } }
}

/** Everyone whom the reader named as a witness has cosigned this head. */
export const checkWitnesses: CheckOfCase = async ({ bundle: { checkpoint }, trust, at }) => {
  if (trust.witnesses.length === 0 || checkpoint === null) return { findings: [], isSkipped: true }
  const findings = await findUnwitnessed(checkpoint, { witnesses: trust.witnesses, at }, paths.checkpoint)
  return { findings, facts: { witnesses: namesOf(trust.witnesses) } }
}

/** Changes of the log's key are one chain, and the last of them led to the key that signed this bundle. */
export const checkKeyRotation: CheckOfCase = async (of) => {
  const { bundle } = of
  const rotations = bundle.statements.filter((statement) => statement.kind === 'log-key-rotated/v1')
  if (rotations.length === 0) return { findings: [], isSkipped: true }
  const findings: Finding[] = []
  for (const [index, { path, seq, predicate }] of rotations.entries()) {
    const next = rotations[index + 1]
    const follows =
      next === undefined ? await signedOnlyBy(of, predicate.next) : next.predicate.previous === predicate.next
    if (!follows || predicate.sizeUnderPrevious >= seq || predicate.previous === predicate.next)
      findings.push(finding('ROTATION_CONTRADICTED', path))
  }
  return { findings, facts: { rotations: rotations.length } }
}

/** Of the keys that the reader trusts, this one signed the checkpoint and the manifest, and no other the checkpoint. */
async function signedOnlyBy({ bundle: { checkpoint, manifest }, keys }: Case, verifierKey: string): Promise<boolean> {
  if (checkpoint === null || !verifierKey.startsWith(`${manifest.keyid}+`)) return false
  for (const key of keys) {
    const isNewest = verifierKey.startsWith(`${key.name}+${key.id}+`)
    if (((await checkNoteSignature(checkpoint.note, key)) === 'valid') !== isNewest) return false
  }
  return true
}
