import type { useTranslations } from 'next-intl'
import type { NoticesQuery } from '@/gql/graphql'
import { lastInTime } from '@/i18n/quantities'

export type NoticeRow = NoticesQuery['notices']['edges'][number]['node']

/** The few members of a notice's data that a sentence may want; what a kind does not have stays empty. */
const valuesOf = (data: unknown, number: number | undefined) => {
  const known = (data ?? {}) as Partial<Record<'from' | 'to' | 'verdict' | 'code' | 'kind' | 'role' | 'dueAt', string>>
  return { number: number ?? 0, ...known, dueAt: lastInTime(known.dueAt ?? '1970-01-01') }
}

/** A notice as a sentence in the viewer's language. */
export function noticeText(t: ReturnType<typeof useTranslations<never>>, { kind, data, erasureRequest }: NoticeRow) {
  const { from, to, verdict, code, kind: run, role, number, dueAt } = valuesOf(data, erasureRequest?.number)
  const say = t as unknown as (key: string, values?: Record<string, unknown>) => string
  return say(`notices.text.${kind}`, {
    number,
    dueAt,
    code: code ?? '',
    from: from ? say(`erasure.state.${from}`) : '',
    to: to ? say(`erasure.state.${to}`) : '',
    verdict: verdict ? say(`verdict.${verdict}.word`) : '',
    run: run ? say(`run.kind.${run}`) : '',
    role: role ? say(`roles.${role}`) : '',
  })
}

/** Where to look at what it is about. */
export function noticeHref({ kind, data, erasureRequest }: NoticeRow): string | null {
  if (erasureRequest) return `/requests/${erasureRequest.id}`
  if (kind.startsWith('MEMBER_')) return '/settings/members'
  if (kind.startsWith('KEY_')) return '/settings/keys'
  const { runId, endpointId } = (data ?? {}) as { runId?: string; endpointId?: string }
  if (runId) return `/runs/${runId}`
  if (kind.startsWith('LIST_')) return '/sla/rules'
  return endpointId && kind === 'WEBHOOK_DISABLED' ? `/settings/webhooks/${endpointId}` : null
}
