import { hex } from '../testing/seed.js'
import type { MutationRow, Things } from './row.js'

const row = (
  field: string,
  inputType: string,
  answer: string,
  input: MutationRow['input'],
  foreign = 'NOT_FOUND',
): MutationRow => ({
  document: `mutation ($input: ${inputType}!) { ${field}(input: $input) {
    __typename ... on ${answer} ... on UserError { code message } } }`,
  input,
  foreign,
})

const webhook = ({ webhookId }: Things) => ({ webhookId })

const request = ({ erasureRequestId }: Things) => ({ erasureRequestId })

/** One row for each field of Mutation; the matrix fails where one is missing. */
export const mutationRows: Readonly<Record<string, MutationRow>> = {
  createUpload: {
    ...row('createUpload', 'CreateUploadInput', 'Upload { url }', () => ({ digest: hex('x'), sizeBytes: 1 }), 'own'),
    isKeyless: true,
  },
  registerDataset: row(
    'registerDataset',
    'RegisterDatasetInput',
    'DatasetVersion { id }',
    () => ({ name: 'd', uploadDigest: hex('x') }),
    'UPLOAD_MISSING',
  ),
  pretrain: row(
    'pretrain',
    'PretrainInput',
    'ModelVersion { id }',
    ({ datasetVersionId }) => ({ modelName: 'm', datasetVersionId, recipe: { temperature: 0 } }),
    'INVALID_INPUT',
  ),
  promoteModelVersion: row(
    'promoteModelVersion',
    'PromoteModelVersionInput',
    'ModelVersion { id }',
    ({ modelVersionId }) => ({ modelVersionId }),
  ),
  cancelRun: row('cancelRun', 'CancelRunInput', 'Run { id }', ({ runId }) => ({ runId })),

  requestErasure: row(
    'requestErasure',
    'RequestErasureInput',
    'ErasureRequest { id }',
    ({ subjectKey }) => ({ ground: 'g', selection: { subjectKey } }),
    'UNKNOWN_SUBJECT',
  ),
  setDeviceHourPrice: row(
    'setDeviceHourPrice',
    'SetDeviceHourPriceInput',
    'DeviceHourPrice { price { amount } }',
    () => ({ amount: 1, currency: 'EUR' }),
    'own',
  ),
  importErasures: row(
    'importErasures',
    'ImportErasuresInput',
    'ErasureImport { accepted refused }',
    ({ subjectKey }) => ({ csv: `subject_key,ground\n${subjectKey},g\n` }),
    'own',
  ),
  beginIdentityCheck: row('beginIdentityCheck', 'BeginIdentityCheckInput', 'ErasureRequest { id }', (things) => ({
    ...request(things),
    method: 'DOCUMENT',
    reason: 'r',
  })),
  sendIdentityChallenge: row(
    'sendIdentityChallenge',
    'SendIdentityChallengeInput',
    'ErasureRequest { id }',
    (things) => ({
      ...request(things),
      email: 'person@known.test',
    }),
  ),
  cancelIdentityChallenge: row(
    'cancelIdentityChallenge',
    'CancelIdentityChallengeInput',
    'ErasureRequest { id }',
    request,
  ),
  batchErasures: row('batchErasures', 'BatchErasuresInput', 'ErasureRequest { id }', ({ erasureRequestId }) => ({
    erasureRequestIds: [erasureRequestId],
  })),
  leaveErasureBatch: row('leaveErasureBatch', 'ErasureDecisionInput', 'ErasureRequest { id }', request),
  verifyIdentity: row('verifyIdentity', 'ErasureDecisionInput', 'ErasureRequest { id }', request),
  planErasure: row('planErasure', 'PlanErasureInput', 'ErasureRequest { id }', request),
  approveErasure: row('approveErasure', 'ErasureDecisionInput', 'ErasureRequest { id }', request),
  acknowledgeRequest: row('acknowledgeRequest', 'ClockMoveInput', 'SlaClock { id }', request),
  pauseClock: row('pauseClock', 'ClockMoveInput', 'SlaClock { id }', (things) => ({ ...request(things), reason: 'r' })),
  resumeClock: row('resumeClock', 'ClockMoveInput', 'SlaClock { id }', request),
  extendClock: row('extendClock', 'ExtendClockInput', 'SlaClock { id }', (things) => ({
    ...request(things),
    reason: 'r',
  })),
  changeClockRule: row('changeClockRule', 'ChangeClockRuleInput', 'SlaClock { id }', (things) => ({
    ...request(things),
    reason: 'r',
    statuteId: 'ccpa-7021',
  })),
  recordListAccess: row('recordListAccess', 'RecordListAccessInput', 'TenantCalendar { id }', () => ({}), 'own'),
  // A calendar of one's own tenant, whoever asks.
  setTenantCalendar: row(
    'setTenantCalendar',
    'SetTenantCalendarInput',
    'TenantCalendar { id }',
    () => ({ timeZone: 'Europe/Berlin', holidays: [], statuteId: 'gdpr-12-3' }),
    'own',
  ),
  retryErasure: row('retryErasure', 'RetryErasureInput', 'ErasureRequest { id }', request),
  rejectErasure: row('rejectErasure', 'ErasureDecisionInput', 'ErasureRequest { id }', (things) => ({
    ...request(things),
    reason: 'r',
  })),
  withdrawErasure: row('withdrawErasure', 'ErasureDecisionInput', 'ErasureRequest { id }', request),

  inviteMember: row(
    'inviteMember',
    'InviteMemberInput',
    'Invitation { id }',
    () => ({ email: 'someone@invited.test', role: 'engineer' }),
    'own',
  ),
  revokeInvitation: row('revokeInvitation', 'RevokeInvitationInput', 'Invitation { id }', ({ datasetId }) => ({
    invitationId: datasetId,
  })),
  changeMemberRole: row('changeMemberRole', 'ChangeMemberRoleInput', 'Member { id }', ({ spareUserId }) => ({
    userId: spareUserId,
    role: 'engineer',
  })),
  removeMember: row('removeMember', 'RemoveMemberInput', 'RemovedMember { userId }', ({ spareUserId }) => ({
    userId: spareUserId,
  })),
  createApiKey: row(
    'createApiKey',
    'CreateApiKeyInput',
    'CreatedApiKey { apiKey { id } }',
    () => ({ name: 'k', role: 'engineer' }),
    'own',
  ),
  registerSsoProvider: row(
    'registerSsoProvider',
    'RegisterSsoProviderInput',
    'SsoProvider { id }',
    () => ({ issuer: 'https://10.0.0.1', clientId: 'c', clientSecret: 's', domain: 'acme.test' }),
    'ADDRESS_FORBIDDEN',
  ),
  verifySsoDomain: row('verifySsoDomain', 'SsoProviderInput', 'SsoProvider { id }', ({ ssoProviderId }) => ({
    ssoProviderId,
  })),
  removeSsoProvider: row(
    'removeSsoProvider',
    'SsoProviderInput',
    'RemovedSsoProvider { ssoProviderId }',
    ({ ssoProviderId }) => ({ ssoProviderId }),
  ),
  revokeApiKey: row('revokeApiKey', 'RevokeApiKeyInput', 'ApiKey { id }', ({ apiKeyId }) => ({ apiKeyId })),
  grantAuditorAccess: row(
    'grantAuditorAccess',
    'GrantAuditorAccessInput',
    'AuditorGrant { id }',
    ({ auditorUserId, erasureRequestId }) => ({
      userId: auditorUserId,
      erasureRequestIds: [erasureRequestId],
      reason: 'r',
      expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
    }),
    'NOT_AUDITOR',
  ),
  revokeAuditorAccess: row(
    'revokeAuditorAccess',
    'RevokeAuditorAccessInput',
    'AuditorGrant { id }',
    ({ auditorGrantId }) => ({ grantId: auditorGrantId }),
  ),
  createTenant: row('createTenant', 'CreateTenantInput', 'PlatformTenant { id }', () => ({
    name: 't',
    slug: 'another',
    ownerEmail: 'owner@another.test',
  })),
  suspendTenant: row('suspendTenant', 'SuspendTenantInput', 'PlatformTenant { id }', ({ tenantId }) => ({
    tenantId,
    reason: 'r',
  })),
  resumeTenant: row('resumeTenant', 'ResumeTenantInput', 'PlatformTenant { id }', ({ tenantId }) => ({ tenantId })),
  setTenantQuota: row('setTenantQuota', 'SetTenantQuotaInput', 'PlatformTenant { id }', ({ tenantId }) => ({
    tenantId,
  })),

  shredSubject: row(
    'shredSubject',
    'ShredSubjectInput',
    'EvidenceEntry { seq }',
    ({ subjectKey }) => ({ subjectKey }),
    'UNKNOWN_SUBJECT',
  ),
  countersignOwnerAudit: row(
    'countersignOwnerAudit',
    'CountersignOwnerAuditInput',
    'EvidenceEntry { seq }',
    (things) => ({ ...request(things), envelope: {}, result: '{}', verifierKey: 'k' }),
  ),
  recordFinding: row('recordFinding', 'RecordFindingInput', 'AuditorFinding { number }', (things) => ({
    ...request(things),
    severity: 'note',
    statement: 's',
  })),
  signOffErasure: row('signOffErasure', 'SignOffErasureInput', 'AuditorSignOff { outcome }', (things) => ({
    ...request(things),
    outcome: 'accepted',
  })),
  markNoticesSeen: row(
    'markNoticesSeen',
    'MarkNoticesSeenInput',
    'NoticeInbox { unseenCount }',
    () => ({ upTo: '2026-01-01T00:00:00Z' }),
    'own',
  ),
  chooseNotice: row(
    'chooseNotice',
    'ChooseNoticeInput',
    'NoticeChoices { choices { kind } }',
    () => ({ kind: 'ERASURE_RECEIVED', byMail: false }),
    'own',
  ),
  chooseMailLanguage: row(
    'chooseMailLanguage',
    'ChooseMailLanguageInput',
    'NoticeChoices { language }',
    () => ({ language: 'en' }),
    'own',
  ),
  createWebhook: row(
    'createWebhook',
    'CreateWebhookInput',
    'WebhookWithSecret { webhook { id } }',
    () => ({ url: 'ftp://x.test', kinds: ['ERASURE_RECEIVED'] }),
    'WEBHOOK_URL_INVALID',
  ),
  updateWebhook: row('updateWebhook', 'UpdateWebhookInput', 'Webhook { id }', webhook),
  rotateWebhookSecret: row(
    'rotateWebhookSecret',
    'RotateWebhookSecretInput',
    'WebhookWithSecret { webhook { id } }',
    webhook,
  ),
  deleteWebhook: row('deleteWebhook', 'WebhookInput', 'Webhook { id }', webhook),
  testWebhook: row('testWebhook', 'WebhookInput', 'WebhookDelivery { id }', webhook),
  replayWebhook: row('replayWebhook', 'ReplayWebhookInput', 'WebhookReplay { count }', (things) => ({
    ...webhook(things),
    from: '2026-01-01T00:00:00Z',
    to: '2026-01-02T00:00:00Z',
  })),
  replayWebhookDelivery: row(
    'replayWebhookDelivery',
    'ReplayWebhookDeliveryInput',
    'WebhookDelivery { id }',
    ({ webhookDeliveryId }) => ({ deliveryId: webhookDeliveryId }),
  ),
  requestEvidenceBundle: row('requestEvidenceBundle', 'RequestEvidenceBundleInput', 'EvidenceBundle { id }', request),
}
