import { equalBytes, hashLeaf, verifyInclusion } from './inclusion-proof'
import { fromBase64, readCheckpoint, readVerifierKey, verifyNote } from './signed-note'

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
  if (globalThis.crypto?.subtle === undefined) {
    return { leaf: 'unsupported', inclusion: 'unsupported', checkpoint: 'unsupported', signature: 'unsupported' }
  }
  try {
    const leaf = await hashLeaf(new TextEncoder().encode(body))
    const root = fromBase64(proof.checkpoint.root)
    const isIncluded = await verifyInclusion({
      leafHash: leaf,
      leafIndex: proof.leafIndex,
      treeSize: proof.treeSize,
      hashes: proof.hashes.map(fromBase64),
      root,
    })
    const note = readCheckpoint(proof.checkpoint.note)
    const agrees =
      note !== null && note.origin === origin && note.size === proof.treeSize && equalBytes(note.root, root)
    const key = readVerifierKey(verifierKey)
    const signed = key === null ? 'invalid' : await verifyNote(proof.checkpoint.note, key)
    return {
      leaf: outcome(equalBytes(leaf, fromBase64(leafHash))),
      inclusion: outcome(isIncluded),
      checkpoint: outcome(agrees && proof.checkpoint.size === proof.treeSize),
      signature: signed === 'unsupported' ? 'unsupported' : outcome(signed === 'valid'),
    }
  } catch {
    return { leaf: 'failed', inclusion: 'failed', checkpoint: 'failed', signature: 'failed' }
  }
}
