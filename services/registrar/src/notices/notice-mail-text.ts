import type { MailLocale, NoticeData, NoticeKind } from '@lethe/domain'
import { frameIn, sentencesIn } from './notice-sentences.js'

interface Told {
  readonly kind: NoticeKind
  readonly data: NoticeData
  readonly requestId: string | null
  readonly requestNumber: number | null
}

/** Who reads it, and where: the language of the person, the time zone of their tenant. */
interface Reader {
  readonly locale: MailLocale
  readonly timeZone: string
}

const pageOf = ({ kind, data, requestId }: Told): string => {
  if (requestId !== null) return `/requests/${requestId}`
  if ('runId' in data) return `/runs/${data.runId}`
  if (kind.startsWith('list.')) return '/sla/rules'
  return kind.startsWith('webhook.') ? '/settings/webhooks' : '/notices'
}

/**
 * A due instant is the end of what is still in time. Where it is the end of a day, that day is named; else the instant.
 */
function dayIn({ locale, timeZone }: Reader): (instant: string) => string {
  const tag = locale === 'en' ? 'en-GB' : 'ja-JP'
  const time = new Intl.DateTimeFormat('en-GB', { timeZone, timeStyle: 'medium' })
  const day = new Intl.DateTimeFormat(tag, { timeZone, dateStyle: 'long' })
  const moment = new Intl.DateTimeFormat(tag, { timeZone, dateStyle: 'long', timeStyle: 'short' })
  return (instant) => {
    const at = new Date(instant)
    const isEndOfDay = time.format(at) === '00:00:00'
    return `${isEndOfDay ? day.format(at.getTime() - 1) : moment.format(at)} (${timeZone})`
  }
}

/** Subject and text of a mail about a notice; links lead into the portal, where one signs in. */
export function noticeMailText(told: Told, portalUrl: string, reader: Reader): { subject: string; text: string } {
  const frame = frameIn[reader.locale]
  const say = sentencesIn[reader.locale][told.kind] as (
    data: NoticeData,
    words: { request: string; day: (instant: string) => string },
  ) => string
  const sentence = say(told.data, { request: frame.request(told.requestNumber), day: dayIn(reader) })
  const link = (path: string) => new URL(path, portalUrl).href
  return {
    subject: `[Lethe] ${sentence.replace(frame.end, '')}`,
    text: [sentence, '', link(pageOf(told)), '', frame.choice(link('/settings/notifications')), ''].join('\n'),
  }
}
