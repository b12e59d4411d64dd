import {
  appendLeaves,
  auditReportText,
  type BundleParts,
  emptyFrontier,
  encodeModelVerifier,
  integrate,
  type LogSigner,
  logOrigin,
  MerkleTree,
  mlBom,
  parseStatement,
  signerFromSeed,
  statementLeafHash,
  statementOf,
  trustRootLines,
  writeBundle,
} from '@lethe/ledger'
import { renderAuditReport } from '@lethe/report'
import type { SmallAudit } from './small-audit.js'
import { type Recorded, smallCase } from './small-case.js'
import { ids, modelSigner, signatures } from './small-case-things.js'

export interface SmallBundle {
  /** The archive. */
  readonly bytes: Uint8Array
  readonly parts: BundleParts
  readonly signer: LogSigner
  /** Trust roots file: what a reader was given by another way. */
  readonly trust: string
}

export const smallSigner = signerFromSeed(logOrigin('lethe.test', ids.tenant), Buffer.alloc(32, 7))

/** What another tenant's case puts into the same tree positions is none of a bundle's business; these pad the log. */
const strangers = 3

/** Bodies as rows of evidence hold them, numbered inside their request. */
export function bodiesOf(history: readonly Recorded[]): string[] {
  let entries = 0
  return history.map(({ at, entry }) => {
    const requestEntry = entry.erasureRequestId === undefined ? undefined : ++entries
    return statementOf(entry, { tenantId: ids.tenant, recordedAt: at, requestEntry })
  })
}

/** Parts of a bundle over these bodies, which are the log's from its beginning, with other entries behind them. */
export function partsOf(bodies: readonly string[], audits: readonly SmallAudit[], signer = smallSigner): BundleParts {
  const others = Array.from({ length: strangers }, (_, index) => Buffer.alloc(32, index))
  const leaves = [...bodies.map(statementLeafHash), ...others]
  const tree = new MerkleTree(leaves)
  return {
    tenantId: ids.tenant,
    erasureRequestId: ids.request,
    number: 1,
    createdAt: new Date(Date.UTC(2026, 2, 10)),
    checkpoint: integrate(appendLeaves(emptyFrontier, []), leaves, signer).checkpoint,
    statements: bodies.map((body, index) => ({ seq: index + 1, body, path: tree.inclusionProof(index) })),
    audits: audits.map(({ report, matrices, data }, index) => ({
      number: index + 1,
      report: auditReportText(report),
      pages: {
        en: renderAuditReport({ report, matrices, language: 'en' }),
        ja: renderAuditReport({ report, matrices, language: 'ja' }),
      },
      matrices,
      data,
    })),
    modelSignatures: [...signatures].map(([modelVersionId, signature]) => ({ modelVersionId, signature })),
    bom: bomOf(bodies),
  }
}

/** Absent where no statement says how a model version was made. */
function bomOf(bodies: readonly string[]): Uint8Array | undefined {
  const statements = bodies.map(parseStatement)
  const isMade = statements.some(({ kind }) => kind === 'model-trained/v1' || kind === 'model-unlearned/v1')
  return isMade ? Buffer.from(mlBom(statements, { models: new Map(), datasets: new Map() })) : undefined
}

/** A complete bundle of a small case, made without a platform; the last audit decides how it ended. */
export function smallBundle(audits: readonly SmallAudit[]): SmallBundle {
  const parts = partsOf(bodiesOf(smallCase(audits)), audits)
  return {
    bytes: writeBundle(parts, smallSigner),
    parts,
    signer: smallSigner,
    trust: trustRootLines({
      logs: [smallSigner],
      models: [encodeModelVerifier(modelSigner)],
      witnesses: [],
      exports: [],
    })
      .map((line) => `${line}\n`)
      .join(''),
  }
}
