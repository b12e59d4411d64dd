import {
  base64FromBytes,
  bytesFromBase64,
  checkNoteSignature,
  knowsEd25519,
  leafHash as hashOf,
  parseCheckpoint,
  parseVerifierKey,
  rootFromInclusion,
} from '@lethe/verifier/log'

export type CheckOutcome = 'passed' | 'failed' | 'unsupported'

export interface EntryCheck {
  /** The leaf hash is that of the bytes shown. */
  leaf: CheckOutcome
  /** The proof leads from the leaf to the checkpoint's root. */
  inclusion: CheckOutcome
  /** The signed note names this origin, size and root. */
  checkpoint: CheckOutcome
  /** The note is signed by the verifier key shown. */
  signature: CheckOutcome
}

export interface EntryClaim {
  body: string
  leafHash: string
  origin: string
  verifierKey: string
  proof: {
    leafIndex: number
    treeSize: number
    hashes: readonly string[]
    checkpoint: { size: number; root: string; note: string }
  }
}

const outcome = (holds: boolean): CheckOutcome => (holds ? 'passed' : 'failed')

/** Recomputes everything from the bytes at hand; what is malformed has failed. */
export async function verifyEntry({ body, leafHash, origin, verifierKey, proof }: EntryClaim): Promise<EntryCheck> {
  // Browsers offer WebCrypto on HTTPS and on this machine only.
  if (globalThis.crypto?.subtle === undefined)
    return { leaf: 'unsupported', inclusion: 'unsupported', checkpoint: 'unsupported', signature: 'unsupported' }
  const { leafIndex, treeSize, checkpoint } = proof
  const leaf = await hashOf(new TextEncoder().encode(body))
  const path = proof.hashes.map(bytesFromBase64).filter((hash) => hash !== null)
  const reached =
    path.length === proof.hashes.length
      ? await rootFromInclusion({ leaf, index: leafIndex, size: treeSize, path })
      : null
  const head = parseCheckpoint(checkpoint.note)
  const key = await parseVerifierKey(verifierKey, 'ed25519')
  const isSigned = head !== null && key !== null && (await checkNoteSignature(head.note, key)) === 'valid'
  return {
    leaf: outcome(base64FromBytes(leaf) === leafHash),
    inclusion: outcome(reached !== null && base64FromBytes(reached) === checkpoint.root),
    checkpoint: outcome(
      head?.origin === origin &&
        head.size === treeSize &&
        checkpoint.size === treeSize &&
        base64FromBytes(head.root) === checkpoint.root,
    ),
    signature: isSigned || (await knowsEd25519()) ? outcome(isSigned) : 'unsupported',
  }
}
