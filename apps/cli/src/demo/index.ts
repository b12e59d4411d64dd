export { answerErasure } from './answer-erasure.js'
export { addMember, readTenantId } from './api/admin-api.js'
export { downloadBundle, findRequestId, requestBundle, type EvidenceBundle } from './api/bundle-api.js'
export {
  listClocks,
  moveClock,
  showClock,
  type ClockMove,
  type ClockState,
  type ClockStepRead,
  type ListedClock,
  type ShownClock,
} from './api/clock-api.js'
export { firstThumbnail, findDataset, registerDataset, type DatasetVersion } from './api/dataset-api.js'
export { embedPicture } from './api/embed-api.js'
export { changeErasure, findErasure, readAudit, readErasure, type ErasureRequest } from './api/erasure-api.js'
export {
  importErasures,
  listErasures,
  raiseErasure,
  showErasure,
  withdrawErasure,
  type ErasureImport,
  type ListedErasure,
  type ShownErasure,
} from './api/erasure-list-api.js'
export { readEvidence, readEvidenceLog } from './api/evidence-api.js'
export { findModel, pretrain, promote, type Model, type ModelVersion } from './api/model-api.js'
export { readRun, type Run } from './api/run-api.js'
export { readOpening, shredSubject } from './api/subject-api.js'
export { uploadFile } from './api/upload-api.js'
export { emojiScenario } from './emoji-scenario.js'
export { GatewayClient } from './gateway-client.js'
export { assembleCast, listSignIns, type Cast, type SignIn } from './people.js'
export { runDemo, type DemoOptions, type DemoResult } from './run-demo.js'
export type { Scenario } from './scenario.js'
export type { Summary } from './summary.js'
export { createPlainView } from './view/plain-view.js'
