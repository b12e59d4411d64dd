'use client'
import { useTranslations } from 'next-intl'
import { isOpen } from '@/features/erasure/request-state'
import type { RequestDetailFragment } from '@/gql/graphql'
import { useQuantities } from '@/i18n/use-quantities'
import { calendarDays, lastInTime } from '@/i18n/quantities'

/** Whoever got the link says that they did not ask, and nobody has decided since. */
const isDenied = ({ state, identityChallenge }: RequestDetailFragment): boolean =>
  state === 'IDENTITY_PENDING' && identityChallenge?.state === 'DECLINED'

/** One sentence on where a request stands: what was done, what the audit said, and how it lies against its deadline. */
export function useRequestAnswer(): (request: RequestDetailFragment) => string {
  const t = useTranslations('erasure.answerOf')
  const { due } = useQuantities()
  return (request) => {
    const done = request.plan.filter(({ state }) => state === 'DONE').length
    const values = {
      pictures: request.forgetCount,
      done,
      total: request.plan.length,
      due: due(request.clock.dueAt),
      approvals: request.approvals.length,
      required: request.requiredApprovals,
    }
    if (request.state === 'FULFILLED' && request.closedAt) {
      const early = calendarDays(
        Date.parse(request.closedAt),
        lastInTime(request.clock.dueAt).getTime(),
        request.clock.timeZone,
      )
      const passed = request.audits.some(({ verdict }) => verdict === 'PASS')
      const clauses = [
        t('fulfilled', values),
        passed ? t('passed') : null,
        early >= 0 ? t('early', { days: early }) : t('late', { days: -early }),
      ]
      return t('sentence', { clauses: clauses.filter(Boolean).join(t('join')) })
    }
    const sentence = t(isDenied(request) ? 'denied' : request.state, values)
    if (!isOpen(request.state)) return sentence
    return `${sentence} ${request.clock.state === 'BREACHED' ? t('breached', values) : t('dueThen', values)}`
  }
}
