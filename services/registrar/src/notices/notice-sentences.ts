import type { MailLocale, NoticeData, NoticeKind } from '@lethe/domain'
import { japaneseWords } from './japanese-words.js'

/** One sentence a kind, of a request by its name in the sentence and with instants as people write them. */
export type Sentences = {
  readonly [Kind in NoticeKind]: (data: NoticeData<Kind>, words: { request: string; day: Day }) => string
}
type Day = (instant: string) => string

/** It holds what the notice holds and nothing else: no name, no reason that somebody wrote. */
const english: Sentences = {
  'erasure.received': ({ dueAt }, { request, day }) => `${request} was received; it is due on ${day(dueAt)}.`,
  'erasure.state-changed': ({ from, to }, { request }) => `${request} went from ${from} to ${to}.`,
  'identity.declined': (_, { request }) => `${request} is not theirs, says whoever was asked by mail.`,
  'clock.due-soon': ({ dueAt }, { request, day }) => `${request} is due on ${day(dueAt)}.`,
  'clock.breached': ({ dueAt }, { request, day }) => `${request} was due on ${day(dueAt)} and is late.`,
  'clock.extended': ({ dueAt }, { request, day }) =>
    `The time for ${request} was extended; it is now due on ${day(dueAt)}.`,
  'list.due-soon': ({ dueAt }, { day }) =>
    `The list of requests of California's deletion platform is to be fetched again by ${day(dueAt)}.`,
  'list.overdue': ({ dueAt }, { day }) =>
    `The list of requests of California's deletion platform was to be fetched by ${day(dueAt)}, and no fetch is on record.`,
  'audit.completed': ({ number, verdict }, { request }) => `Audit ${number} of ${request} ended with ${verdict}.`,
  'run.failed': ({ kind, code }) => `A run (${kind}) failed: ${code}.`,
  'bundle.ready': (_, { request }) => `An evidence bundle of ${request} is ready.`,
  'bundle.failed': ({ code }, { request }) => `An evidence bundle of ${request} could not be made: ${code}.`,
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

const { states, verdicts, runs, roles } = japaneseWords
const japanese: Sentences = {
  'erasure.received': ({ dueAt }, { request, day }) => `${request}を受け付けました。期限は${day(dueAt)}です。`,
  'erasure.state-changed': ({ from, to }, { request }) =>
    `${request}の状態が「${states[from]}」から「${states[to]}」に変わりました。`,
  'identity.declined': (_, { request }) => `メールで確認を求めた相手が、${request}は自分のものではないと答えました。`,
  'clock.due-soon': ({ dueAt }, { request, day }) => `${request}の期限は${day(dueAt)}です。`,
  'clock.breached': ({ dueAt }, { request, day }) => `${request}は期限（${day(dueAt)}）を過ぎています。`,
  'clock.extended': ({ dueAt }, { request, day }) => `${request}の期限が${day(dueAt)}に延長されました。`,
  'list.due-soon': ({ dueAt }, { day }) =>
    `カリフォルニア州の削除プラットフォームの請求リストを、${day(dueAt)}までにもう一度取得してください。`,
  'list.overdue': ({ dueAt }, { day }) =>
    `カリフォルニア州の削除プラットフォームの請求リストは、${day(dueAt)}までに取得するものでしたが、取得の記録がありません。`,
  'audit.completed': ({ number, verdict }, { request }) =>
    `${request}の監査 ${number} が終わりました。判定：${verdicts[verdict]}`,
  'run.failed': ({ kind, code }) => `実行（${runs[kind]}）が失敗しました：${code}`,
  'bundle.ready': (_, { request }) => `${request}の証拠一式が用意できました。`,
  'bundle.failed': ({ code }, { request }) => `${request}の証拠一式を作れませんでした：${code}`,
  'member.joined': ({ role }) => `メンバーが参加しました（${roles[role]}）。`,
  'member.role-changed': ({ role }) => `メンバーの役割が「${roles[role]}」に変わりました。`,
  'member.removed': ({ role }) => `メンバー（${roles[role]}）が外されました。`,
  'key.created': () => 'API キーが作成されました。',
  'key.revoked': () => 'API キーが失効しました。',
  'webhook.disabled': ({ reason }) =>
    reason === 'GONE'
      ? 'Webhook が無効になりました。受信側が、もう存在しない（410）と応答しました。'
      : 'Webhook が無効になりました。約 1 日の間、受信側に何も届きませんでした。',
}

export const sentencesIn: Readonly<Record<MailLocale, Sentences>> = { en: english, ja: japanese }

/** What stands around the sentence. */
export const frameIn = {
  en: {
    request: (number: number | null) => (number === null ? 'A request' : `Request ${number}`),
    choice: (link: string) => `Which of these mails you get, and in which language, is your choice: ${link}`,
    end: /\.$/,
  },
  ja: {
    request: (number: number | null) => (number === null ? '請求' : `請求 ${number} `),
    choice: (link: string) => `受け取るメールの種類と言語は、こちらで選べます：${link}`,
    end: /。$/,
  },
} as const satisfies Record<MailLocale, unknown>
