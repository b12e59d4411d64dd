import { ledgerError } from '../errors.js'
import type { Statement } from '../statement/statement.js'

type Of<Kind extends Statement['kind']> = Extract<Statement, { kind: Kind }>
export type VersionStatement = Of<'model-trained/v1'> | Of<'model-unlearned/v1'>
type AuditStatement = Of<'audit-completed/v1'>

/** What statements leave out because it is the tenant's to word: shown, never relied on. */
export interface BomLabels {
  /** Name of a model by its id. */
  readonly models: ReadonlyMap<string, string>
  /** By dataset version. `attribution`: who must be named when the data is used, and under which licence. */
  readonly datasets: ReadonlyMap<string, { readonly name: string; readonly attribution: string }>
}

/** The statements that a bill of materials is made of, by what they are about. */
export interface BomSource {
  /** In the order of the log. */
  readonly versions: readonly VersionStatement[]
  readonly datasets: ReadonlyMap<string, Of<'dataset-registered/v1'>>
  /** Packs that no longer are: an erasure took samples out. */
  readonly redactedPacks: ReadonlySet<string>
  readonly audits: readonly AuditStatement[]
  readonly labels: BomLabels
  /** Newest of the statements. ISO 8601. */
  readonly at: string
}

/** @throws DomainError STATEMENT_MALFORMED where no statement says how a model version was made. */
export function bomSourceOf(statements: readonly Statement[], labels: BomLabels): BomSource {
  const versions: VersionStatement[] = []
  const datasets = new Map<string, Of<'dataset-registered/v1'>>()
  const redactedPacks = new Set<string>()
  const audits: AuditStatement[] = []
  for (const statement of statements) {
    if (statement.kind === 'model-trained/v1' || statement.kind === 'model-unlearned/v1') versions.push(statement)
    if (statement.kind === 'dataset-registered/v1') datasets.set(statement.predicate.datasetVersionId, statement)
    if (statement.kind === 'dataset-redacted/v1') redactedPacks.add(statement.predicate.packBefore)
    if (statement.kind === 'audit-completed/v1') audits.push(statement)
  }
  if (versions.length === 0)
    throw ledgerError('STATEMENT_MALFORMED', 'No statement says how a model version was made.', 'statements')
  const at = statements.map(({ recorded }) => recorded.at).reduce((a, b) => (a > b ? a : b))
  return { versions, datasets, redactedPacks, audits, labels, at }
}

export const versionRef = (id: string): string => `model-version/${id}`

/** One dataset version may have been trained on as several packs, before and after a redaction. */
export const packRef = ({ datasetVersionId, packDigest }: { datasetVersionId: string; packDigest: string }): string =>
  `dataset-version/${datasetVersionId}/pack/${packDigest.slice(0, 16)}`

/** Digest of one of the files that a version's statement is about. */
export const digestOf = ({ subjects, predicate }: VersionStatement, part: string): string | undefined =>
  subjects.find(({ name }) => name === `model-version/${predicate.modelVersionId}/${part}`)?.digest.sha256

export const nameOf = ({ predicate: { modelId } }: VersionStatement, { models }: BomLabels): string =>
  models.get(modelId) ?? `model/${modelId}`
