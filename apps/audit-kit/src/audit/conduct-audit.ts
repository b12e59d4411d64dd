import { runAudit, type AuditResult } from '@lethe/audit'
import type { CallOptions } from '../endpoint/call-endpoint.js'
import { endpointOf } from '../endpoint/read-endpoint.js'
import { remoteModel } from '../endpoint/remote-model.js'
import { AnswerFolder, type UsedAnswers } from '../record/answer-log.js'
import { answersIn, type Session } from '../record/session.js'
import { auditOptions } from './audit-options.js'

export interface ConductOptions extends CallOptions {
  readonly folder: string
  readonly parallel: number
  readonly onAnswered: (count: number) => void
  /** Nobody is asked: every answer must be in the folder. */
  readonly onlySaved?: boolean | undefined
}

export interface Conducted extends AuditResult {
  readonly answers: UsedAnswers
}

/**
 * Asks what has no answer in the folder yet, and judges. Without a model after, the model before stands in for it: then only its
 * answers count, and there is no report worth keeping.
 */
export async function conductAudit(session: Session, options: ConductOptions): Promise<Conducted> {
  const { before, after } = session.secrets.endpoints
  const answers = new AnswerFolder(answersIn(options.folder), options.onlySaved)
  const first = endpointOf(before.url, before.said)
  const asFirst = remoteModel(first, 'before', { ...options, log: answers.openLog() })
  const asSecond =
    after === null
      ? {
          ...remoteModel(first, 'before', { ...options, log: answers.openLog() }),
          label: 'after',
          role: 'after' as const,
        }
      : remoteModel(endpointOf(after.url, after.said), 'after', { ...options, log: answers.openLog() })
  const result = await runAudit(auditOptions(session, asFirst, asSecond, options.signal))
  return { ...result, answers: answers.used() }
}
