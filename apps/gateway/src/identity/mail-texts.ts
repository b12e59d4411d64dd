import { MailLocale } from '@lethe/domain'

/** The first language of an Accept-Language header (RFC 9110) that mail is written in. */
export function mailLocaleOf(acceptLanguage: string | null | undefined): MailLocale {
  const wanted = (acceptLanguage ?? '').split(',').map((part) => part.trim().slice(0, 2).toLowerCase())
  return (
    MailLocale.options.find((locale) => locale === wanted.find((part) => MailLocale.safeParse(part).success)) ?? 'en'
  )
}

/** What a mail is about, and what stands in it. Links lead to the portal. */
export type MailContent =
  | { kind: 'invitation'; link: string; tenant: string; inviter: string; days: number }
  | { kind: 'reset'; link: string; minutes: number }
  | { kind: 'reset-elsewhere' }
  | { kind: 'sign-up'; link: string; hours: number }
  | { kind: 'joined'; tenant: string; link: string }
  | { kind: 'identity-challenge'; link: string; tenant: string; number: number; day: string; days: number }

type Content<Kind extends MailContent['kind']> = Extract<MailContent, { kind: Kind }>
type Texts = {
  [Kind in MailContent['kind']]: (content: Content<Kind>) => { subject: string; lines: readonly string[] }
}

const english: Texts = {
  invitation: ({ link, tenant, inviter, days }) => ({
    subject: `${inviter} invites you to ${tenant} on Lethe`,
    lines: [
      `${inviter} invites you to join ${tenant} on Lethe.`,
      `Accept the invitation within ${days} days:`,
      link,
      'If you do not know what this is about, do nothing; the invitation then ends by itself.',
    ],
  }),
  reset: ({ link, minutes }) => ({
    subject: 'Choose a new password for Lethe',
    lines: [
      'Somebody, hopefully you, asked for a new password for this address.',
      `Choose one within ${minutes} minutes. It signs you out everywhere:`,
      link,
      'If it was not you, do nothing; your password stays as it is.',
    ],
  }),
  'reset-elsewhere': () => ({
    subject: 'Your password for Lethe',
    lines: [
      'Somebody, hopefully you, asked for a new password for this address.',
      'You sign in through your organisation and have no password here; reset it there.',
    ],
  }),
  'sign-up': ({ link, hours }) => ({
    subject: 'Confirm your address for Lethe',
    lines: [
      'Somebody, hopefully you, wants to set up an organisation on Lethe with this address.',
      `Go on within ${hours} hours:`,
      link,
      'If it was not you, do nothing.',
    ],
  }),
  joined: ({ tenant, link }) => ({
    subject: `You are now a member of ${tenant} on Lethe`,
    lines: [`You accepted the invitation to ${tenant}. Sign in as before and choose it there:`, link],
  }),
  'identity-challenge': ({ link, tenant, number, day, days }) => ({
    subject: `Please confirm your request to ${tenant}`,
    lines: [
      `On ${day}, ${tenant} was asked to erase data about you (request ${number}). It has to be sure that it was you who asked.`,
      `Confirm it within ${days} days:`,
      link,
      'If you did not ask for this, say so on the same page. Opening the page confirms nothing, and neither does doing nothing.',
    ],
  }),
}

const japanese: Texts = {
  invitation: ({ link, tenant, inviter, days }) => ({
    subject: `${inviter} さんから Lethe の「${tenant}」への招待`,
    lines: [
      `${inviter} さんが、Lethe の「${tenant}」にあなたを招待しています。`,
      `${days} 日以内に、次のリンクから招待を承諾してください。`,
      link,
      'お心当たりがない場合は、何もする必要はありません。招待は自動的に無効になります。',
    ],
  }),
  reset: ({ link, minutes }) => ({
    subject: 'Lethe のパスワードの再設定',
    lines: [
      'このメールアドレスについて、パスワードの再設定が申し込まれました。',
      `${minutes} 分以内に、次のリンクから新しいパスワードを設定してください。すべての端末からサインアウトします。`,
      link,
      'お心当たりがない場合は、何もする必要はありません。パスワードは変わりません。',
    ],
  }),
  'reset-elsewhere': () => ({
    subject: 'Lethe のパスワードについて',
    lines: [
      'このメールアドレスについて、パスワードの再設定が申し込まれました。',
      '所属組織のアカウントでサインインされているため、Lethe にはパスワードがありません。組織側で再設定してください。',
    ],
  }),
  'sign-up': ({ link, hours }) => ({
    subject: 'Lethe のメールアドレスの確認',
    lines: [
      'このメールアドレスで、Lethe に組織を登録する申し込みがありました。',
      `${hours} 時間以内に、次のリンクから手続きを続けてください。`,
      link,
      'お心当たりがない場合は、何もする必要はありません。',
    ],
  }),
  joined: ({ tenant, link }) => ({
    subject: `Lethe の「${tenant}」のメンバーになりました`,
    lines: [`「${tenant}」への招待を承諾しました。これまでどおりサインインし、組織を選んでください。`, link],
  }),
  'identity-challenge': ({ link, tenant, number, day, days }) => ({
    subject: `「${tenant}」への請求の確認のお願い`,
    lines: [
      `${day}、「${tenant}」に、あなたに関するデータの削除が請求されました（請求番号 ${number}）。ご本人からの請求であることを確認する必要があります。`,
      `${days} 日以内に、次のリンクから確認してください。`,
      link,
      'お心当たりがない場合は、同じページでその旨をお知らせください。ページを開いただけでは、また何もしなければ、確認したことにはなりません。',
    ],
  }),
}

const texts: Record<MailLocale, Texts> = { en: english, ja: japanese }

export function writeMail(locale: MailLocale, content: MailContent): { subject: string; text: string } {
  const write = texts[locale][content.kind] as (content: MailContent) => { subject: string; lines: readonly string[] }
  const { subject, lines } = write(content)
  // Names are the tenant's own words; a subject is one line.
  return { subject: subject.replace(/\p{Cc}+/gu, ' ').slice(0, 200), text: `${lines.join('\n\n')}\n` }
}
