import type { NoticeData, NoticeKind } from '@lethe/domain'

interface Told {
  readonly kind: NoticeKind
  readonly data: NoticeData
  readonly requestId: string | null
  readonly requestNumber: number | null
}

type Sentences = { readonly [Kind in NoticeKind]: (data: NoticeData<Kind>, request: string) => string }

/** One sentence a kind. It holds what the notice holds and nothing else: no name, no reason that somebody wrote. */
const sentences: Sentences = {
  'erasure.received': ({ dueAt }, request) => `${request} was received; it is due on ${dayOf(dueAt)}.`,
  'erasure.state-changed': ({ from, to }, request) => `${request} went from ${from} to ${to}.`,
  'clock.due-soon': ({ dueAt }, request) => `${request} is due on ${dayOf(dueAt)}.`,
  'clock.breached': ({ dueAt }, request) => `${request} was due on ${dayOf(dueAt)} and is late.`,
  'clock.extended': ({ dueAt }, request) => `The time for ${request} was extended; it is now due on ${dayOf(dueAt)}.`,
  'audit.completed': ({ number, verdict }, request) => `Audit ${number} of ${request} ended with ${verdict}.`,
  'run.failed': ({ kind, code }) => `A run (${kind}) failed: ${code}.`,
  'bundle.ready': (_, request) => `An evidence bundle of ${request} is ready.`,
  'bundle.failed': ({ code }, request) => `An evidence bundle of ${request} could not be made: ${code}.`,
  'member.joined': ({ role }) => `A member joined as ${role}.`,
  'member.role-changed': ({ role }) => `A member's role is now ${role}.`,
  'member.removed': ({ role }) => `A member (${role}) was removed.`,
  'key.created': () => 'An API key was created.',
  'key.revoked': () => 'An API key was revoked.',
  'webhook.disabled': ({ reason }) =>
    reason === 'GONE'
      ? 'A webhook was disabled because its receiver said that it is gone (410).'
      : 'A webhook was disabled because nothing reached its receiver for about a day.',
}

const dayOf = (instant: string): string => `${instant.slice(0, 16).replace('T', ' ')} UTC`

const pageOf = ({ kind, data, requestId }: Told): string => {
  if (requestId !== null) return `/requests/${requestId}`
  if ('runId' in data) return `/runs/${data.runId}`
  return kind.startsWith('webhook.') ? '/settings/webhooks' : '/notices'
}

/** Subject and text of a mail about a notice; links lead into the portal, where one signs in. */
export function noticeMailText(told: Told, portalUrl: string): { subject: string; text: string } {
  const request = told.requestNumber === null ? 'A request' : `Request ${told.requestNumber}`
  const say = sentences[told.kind] as (data: NoticeData, request: string) => string
  const sentence = capitalised(say(told.data, request))
  const link = (path: string) => new URL(path, portalUrl).href
  return {
    subject: `[Lethe] ${sentence.replace(/\.$/, '')}`,
    text: [
      sentence,
      '',
      link(pageOf(told)),
      '',
      `Which of these mails you get is your choice: ${link('/settings/notifications')}`,
      '',
    ].join('\n'),
  }
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
