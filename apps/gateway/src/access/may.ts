import { type Action, actionsOf, isForKeys, mayDo } from '@lethe/domain'
import type { SignedIn } from '../tenant-viewer.js'

/** Of an auditor without a case: to see who they are, and that nothing is theirs to see. */
const withoutCases: readonly Action[] = ['tenant:read', 'auditor:read']

/** Whether a viewer may do an action, by the table of roles, by what they came with, and by an auditor's cases. */
export const may = (viewer: Pick<SignedIn, 'role' | 'via' | 'cases'>, action: Action): boolean =>
  mayDo(viewer.role, action) &&
  (viewer.via === 'session' || isForKeys(action)) &&
  (hasCases(viewer) || withoutCases.includes(action))

/** True of everybody but an auditor without a grant that holds. */
export const hasCases = ({ cases }: Pick<SignedIn, 'cases'>): boolean => cases === null || cases.requestIds.length > 0

/** In the order of the table of roles. */
export const actionsOfViewer = (viewer: SignedIn): Action[] =>
  actionsOf(viewer.role).filter((action) => may(viewer, action))
