import type { ManyThings } from './seed-many.js'

export interface ListRow {
  /** What the nodes read from the database. */
  readonly node: string
  /** Statements that it takes, however long the page. */
  readonly statements: number
  /** The field that the list is of, with its id, where that is not the query itself. */
  readonly of?: (things: ManyThings) => string
  readonly by?: 'tenant_owner' | 'platform_admin'
}

/** One row for each field of the schema that gives a connection. */
export const listRows: Readonly<Record<string, ListRow>> = {
  'Query.datasets': {
    node: 'id latestVersion { number ownerCount splitCounts { count } dataset { name } ingestRun { id } modelVersions { id } }',
    statements: 8,
  },
  'Query.models': {
    node: 'id productionVersion { number parent { number } children { id } datasetVersion { number } run { id } }',
    statements: 8,
  },
  'Query.runs': {
    node: 'id queuePosition modelVersion { number model { name } } erasureRequest { number }',
    statements: 7,
  },
  'Query.erasureRequests': {
    node: `id allowedActions owner { subjectKey } plan { id } approvals { userName } clock { dueAt events { kind } }
      audits { id } runs { id } timeline { kind } findings { number } signOffs { outcome } bundles { id }
      related { request { number } } batch { number }`,
    statements: 17,
  },
  'Query.audits': {
    node: 'id verdict erasureRequest { number } before { number } after { number model { name } } run { id }',
    statements: 7,
  },
  'Query.slaClocks': {
    node: 'id dueAt explanation { code } events { kind } allowedActions erasureRequest { number owner { subjectKey } }',
    statements: 8,
  },
  'Query.evidence': { node: 'seq kind status', statements: 4 },
  'Query.evidenceBundles': { node: 'id state erasureRequest { number }', statements: 4 },
  'Query.notices': { node: 'id kind isNew erasureRequest { number owner { subjectKey } }', statements: 6 },
  'Query.webhooks': { node: 'id url kinds state', statements: 3, by: 'tenant_owner' },
  'Query.apiKeys': { node: 'id name state madeBy', statements: 4, by: 'tenant_owner' },
  'Query.ssoProviders': { node: 'id issuer domain proofValue', statements: 3, by: 'tenant_owner' },
  'Query.auditorGrants': {
    node: 'id state auditor grantedBy erasureRequests { number owner { subjectKey } }',
    statements: 6,
  },
  'Query.invitations': { node: 'id email state invitedBy', statements: 4, by: 'tenant_owner' },
  'Query.members': { node: 'id name email role isViewer', statements: 3 },
  'Query.membershipChanges': { node: 'id role member changedBy evidenceSeq', statements: 4 },
  'Query.tenants': {
    node: 'id slug quota { members } usage { storageBytes members settledRuns }',
    statements: 4,
    by: 'platform_admin',
  },
  'Query.slaBoard': { node: 'tenantName requestNumber dueAt notices', statements: 3, by: 'platform_admin' },
  'Dataset.versions': {
    node: 'id number ownerCount splitCounts { count } dataset { name } ingestRun { id } modelVersions { id }',
    of: ({ datasetId }) => `dataset(id: "${datasetId}")`,
    statements: 7,
  },
  'DatasetVersion.owners': {
    node: 'sampleCount trainCount owner { id subjectKey }',
    of: ({ datasetVersionId }) => `datasetVersion(id: "${datasetVersionId}")`,
    statements: 6,
  },
  'DatasetVersion.samples': {
    node: 'contentId key split owner { id subjectKey } thumbnailPath',
    of: ({ datasetVersionId }) => `datasetVersion(id: "${datasetVersionId}")`,
    statements: 5,
  },
  'Model.versions': {
    node: 'id number model { name } parent { number } children { id } datasetVersion { number } run { id } forgottenCount files { name }',
    of: ({ modelId }) => `model(id: "${modelId}")`,
    statements: 8,
  },
  'Model.promotions': {
    node: 'decidedBy at until modelVersion { number }',
    of: ({ modelId }) => `model(id: "${modelId}")`,
    statements: 6,
  },
  'Webhook.deliveries': {
    node: 'id type state attempts { at }',
    of: ({ webhookId }) => `webhook(id: "${webhookId}")`,
    statements: 5,
    by: 'tenant_owner',
  },
  'EvidenceLog.checkpoints': { node: 'size note keyId', of: () => 'evidenceLog', statements: 5 },
}
