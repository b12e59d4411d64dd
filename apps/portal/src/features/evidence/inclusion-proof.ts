// RFC 6962 section 2.1 (the algorithm of RFC 9162 section 2.1.3.2), on WebCrypto alone.

export interface InclusionClaim {
  leafHash: Uint8Array
  leafIndex: number
  treeSize: number
  /** Sibling hashes, leaf to root. */
  hashes: readonly Uint8Array[]
  root: Uint8Array
}

const hashBytes = 32

async function sha256(...parts: readonly Uint8Array[]): Promise<Uint8Array> {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of parts) {
    joined.set(part, offset)
    offset += part.length
  }
  return new Uint8Array(await crypto.subtle.digest('SHA-256', joined))
}

/** SHA-256(0x00 ‖ body). */
export const hashLeaf = (body: Uint8Array): Promise<Uint8Array> => sha256(new Uint8Array([0]), body)

const hashNode = (left: Uint8Array, right: Uint8Array): Promise<Uint8Array> => sha256(new Uint8Array([1]), left, right)

export const equalBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, index) => byte === b[index])

/** The root that a proof leads to; null when the proof has not the shape that index and size demand. */
export async function rootFromProof({
  leafHash,
  leafIndex,
  treeSize,
  hashes,
}: Omit<InclusionClaim, 'root'>): Promise<Uint8Array | null> {
  const isIndex =
    Number.isSafeInteger(leafIndex) && Number.isSafeInteger(treeSize) && leafIndex >= 0 && leafIndex < treeSize
  if (!isIndex || leafHash.length !== hashBytes || hashes.some((hash) => hash.length !== hashBytes)) return null
  // Division instead of shifts: indices may pass 2^31.
  let node = leafIndex
  let last = treeSize - 1
  let hash = leafHash
  for (const sibling of hashes) {
    if (last === 0) return null
    if (node % 2 === 1 || node === last) {
      hash = await hashNode(sibling, hash)
      while (node % 2 === 0 && node !== 0) {
        node = node / 2
        last = Math.floor(last / 2)
      }
    } else {
      hash = await hashNode(hash, sibling)
    }
    node = Math.floor(node / 2)
    last = Math.floor(last / 2)
  }
  return last === 0 ? hash : null
}

export async function verifyInclusion(claim: InclusionClaim): Promise<boolean> {
  const root = await rootFromProof(claim)
  return root !== null && equalBytes(root, claim.root)
}
