export {
  auditReportText,
  type BundledAudit,
  type BundledStatement,
  type BundleParts,
  writeBundle,
} from './bundle/write-bundle.js'
export type { LedgerError, LedgerErrorCode } from './errors.js'
export type { BlobState } from './fsck/kept-blobs.js'
export { checkLog, type LogReport, type OutsideLog, type StoredLog } from './fsck/check-log.js'
export type { OutsideCheckpoint } from './fsck/checkpoint-check.js'
export type { LogFinding } from './fsck/findings.js'
export type { BomLabels } from './bom/bom-source.js'
export { mlBom } from './bom/ml-bom.js'
export { integrate, type Integration } from './integrate.js'
export {
  encodeModelVerifier,
  type ModelSigner,
  modelSignerFromPem,
  type ModelVerifier,
  modelVerifierPem,
  parseModelVerifier,
} from './model-signing/model-key.js'
export type { ModelFile, ModelManifest } from './model-signing/model-manifest.js'
export { type SignedModel, signModel, verifyModelSignature } from './model-signing/model-signature.js'
export { versionFiles, versionManifest } from './model-signing/version-files.js'
export { type OwnerAuditStatement, signOwnerAudit, verifyOwnerAudit } from './owner-audit/owner-audit-statement.js'
export { cosign, type Cosignature, verifyCosignatures } from './signing/cosignature.js'
export { type Envelope, signStatement, verifyEnvelope } from './signing/envelope.js'
export {
  type LogCheckpoint,
  logOrigin,
  parseLogCheckpoint,
  signLogCheckpoint,
  verifyLogCheckpoint,
} from './signing/log-checkpoint.js'
export {
  encodeSigner,
  encodeVerifier,
  isSameKey,
  type LogSigner,
  type LogVerifier,
  parseSigner,
  parseVerifier,
  parseWitness,
  parseWitnessSigner,
  signerFromPrivateKey,
  signerFromSeed,
  verifierFromPublicKey,
  verifierFromSpki,
  witnessFromPrivateKey,
  type WitnessSigner,
  type WitnessVerifier,
} from './signing/log-key.js'
export { parseNote, type SignedNote, signNote, verifyNote } from './signing/signed-note.js'
export { exportKey } from './signing/export-key.js'
export { parseTrustRoots, trustRootLines, type TrustRoots } from './signing/trust-roots.js'
export { canonicalJson } from './statement/canonical-json.js'
export { assertNoPersonalData } from './statement/personal-data.js'
export {
  parseStatement,
  type RecordContext,
  type Statement,
  statementLeafHash,
  statementOf,
} from './statement/statement.js'
export {
  type CachedNode,
  leavesOfLevel,
  type NodeRun,
  readConsistencyProof,
  readInclusionProof,
  readInclusionProofs,
  type ReadNodes,
  readRoot,
} from './tree/cached-nodes.js'
export {
  appendLeaves,
  emptyFrontier,
  type Frontier,
  frontierFromRow,
  frontierRoot,
  type FrontierRow,
  frontierToRow,
} from './tree/frontier.js'
export { emptyRoot, leafHash, nodeHash } from './tree/hash.js'
export { MerkleTree } from './tree/merkle-tree.js'
export { consistencyRanges, inclusionRanges, type LeafRange } from './tree/proof-ranges.js'
export {
  type ConsistencyProof,
  type InclusionProof,
  rootFromInclusion,
  rootsFromConsistency,
  verifyConsistency,
  verifyInclusion,
} from './tree/verify-proof.js'
export { type Followed, followLog, type PublishedLog } from './witness/follow-log.js'
export { encodeLogGrowth, type LogGrowth, parseLogGrowth } from './witness/log-growth.js'
