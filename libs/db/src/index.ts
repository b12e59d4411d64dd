export {
  readAgenda,
  readErasing,
  readTenantsWithMailDue,
  readTenantsWithNotices,
  readWebhooksDue,
  countSlaBoard,
  readSlaBoard,
  type AgendaEntry,
  type DueWebhook,
  type ErasingRequest,
  type SlaBoardRow,
} from './across-tenants.js'
export { assertOwner } from './assert-owner.js'
export { openDatabase, type Database, type DatabaseOptions, type TenantClient, type Tx } from './database.js'
export { type DatabaseError, type DatabaseErrorCode } from './errors.js'
export {
  appendEvidence,
  appendEvidenceBatch,
  readLeafHashes,
  requestEntryNumbers,
  type AppendedEvidence,
  type NewEvidence,
} from './evidence.js'
export { findIdentityChallenge } from './find-identity-challenge.js'
export { findApiKey, type FoundApiKey } from './find-api-key.js'
export { Prisma } from './generated/client.js'
export type * from './generated/client.js'
export { once } from './inbox.js'
export { listen, type Channel, type Listener } from './listen.js'
export { logNodesOf, storeLogNodes } from './log-nodes.js'
export { readLogSnapshot } from './log-snapshot.js'
export { logins, loginUrl, setRolePasswords, type Login } from './logins.js'
export { migrate } from './migrate.js'
export { newId } from './new-id.js'
export {
  announce,
  announceEach,
  enqueueOutbox,
  enqueueTask,
  toJson,
  type ChangedAggregate,
  type OutboxContract,
  type TaskPayload,
} from './outbox.js'
export {
  countTenants,
  readPlatformTenants,
  readTenantsWithAccessChanges,
  type PlatformTenantRow,
  type TenantsWanted,
} from './platform-tenants.js'
export { prepareDatabase } from './prepare-database.js'
export { prune, type Prunable } from './prune.js'
export { recordEntries, type WriteStatement } from './record-evidence.js'
export { pruneOutbox, relayOutbox, type OutboxMessage } from './relay-outbox.js'
export { batchErasures, leaveBatch, startBatch } from './stores/batches.js'
export { beginAudit } from './stores/begin-audit.js'
export { beginUnlearning } from './stores/begin-unlearning.js'
export {
  commitmentsOf,
  commitToKeyOfOwner,
  commitToRequest,
  forgetShreddedSalts,
  readSalt,
  shredSalt,
} from './stores/commitments.js'
export { readTrainings, retrainingBeside, trainingOf, type Training } from './stores/cost-history.js'
export {
  blockErasureRequest,
  closeErasureRequest,
  lockErasureRequest,
  moveErasureRequest,
} from './stores/erasure-requests.js'
export {
  beginBundle,
  queueBundle,
  readBundledEvidence,
  readBundleQueue,
  settleBundle,
  type PinnedBundle,
} from './stores/evidence-bundles.js'
export { forgetStaleUpload, keepUpload, readStaleUploads, touchUpload } from './stores/uploads.js'
export { announceRunBlob, keepRunBlobs, readLeftRunBlobs, releaseRunBlob } from './stores/run-blobs.js'
export {
  claimDelivery,
  disableEndpoint,
  giveUpDeliveries,
  hasDeliveredSince,
  recordAttempt,
  requeueDeliveries,
  type ClaimedDelivery,
  type DeliveryOutcome,
} from './stores/webhook-deliveries.js'
export {
  createWebhookEndpoint,
  newWebhookSecret,
  pingWebhook,
  removeWebhookEndpoint,
  replayWebhook,
  rotateWebhookSecret,
} from './stores/webhook-endpoints.js'
export { readBomLabels, readVersionEvidence } from './stores/version-evidence.js'
export { beginErasing, findUncovered, nameUncovered, type Uncovered } from './stores/closure/begin-erasing.js'
export { blobsInUse, markDeleted, thingsToDelete, type Deletion } from './stores/closure/delete-things.js'
export {
  closureEvidence,
  deleteForgottenRows,
  settleClosure,
  type DeletedRows,
} from './stores/closure/finish-erasing.js'
export { planThings, type PlannedVersion } from './stores/closure/plan-things.js'
export { prepareErasing, type Preparation } from './stores/closure/prepare-erasing.js'
export { findSupersededRequests, supersedePlan } from './stores/closure/supersede-plans.js'
export { blobsOf } from './stores/closure/things.js'
export {
  affectedVersions,
  countLearned,
  ForgetSetRef,
  learnedForgetSets,
  parseExcluded,
  standingForgetSets,
  type AffectedVersion,
  type LearnedForgetSet,
} from './stores/lineage.js'
export {
  nextAuditNumber,
  nextDatasetVersionNumber,
  nextErasureRequestNumber,
  nextModelVersionNumber,
} from './stores/numbers.js'
export { lockName } from './stores/lock.js'
export { announceUpload, assertRunAllowed, assertStorageAllowed } from './stores/quotas.js'
export { deliveryOf, dispatchNotices } from './stores/dispatch-notices.js'
export { claimMails, settleMail, type ClaimedMail } from './stores/notice-mails.js'
export { notify } from './stores/notices.js'
export { promoteModelVersion, retireModelVersion } from './stores/promotion.js'
export { jointItems, openItems } from './stores/joint-items.js'
export { findFailedStep, retryErasure } from './stores/retry-erasure.js'
export { redactSamples } from './stores/redact-samples.js'
export { cancelRun, startRun } from './stores/runs.js'
export {
  forecastDay,
  foretell,
  keepForecast,
  readWorkHistory,
  scoreForecasts,
  type WorkHistory,
} from './stores/breach-forecasts.js'
export { noteDeadlines } from './stores/clock-notices.js'
export { lookAtOpenClocks, type OpenClock } from './stores/open-clocks.js'
export { noteListAccess } from './stores/list-notices.js'
export { readStored, storedClock } from './stores/clock-rows.js'
export {
  addClockEvent,
  newestBasis,
  pauseForIdentity,
  readContractTerms,
  refreshClock,
  resumeAfterIdentity,
  startClock,
  type ClockChange,
} from './stores/sla-clocks.js'
