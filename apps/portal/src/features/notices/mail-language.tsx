'use client'
import { useTranslations } from 'next-intl'
import { ChooseMailLanguageDocument, type MailLocale } from '@/gql/graphql'
import { locales } from '@/i18n/locale'
import { newIdempotencyKey, useChange } from '@/session/use-document'
import { SelectField } from '@/ui/field'

const names: Readonly<Record<MailLocale, string>> = { en: 'English', ja: '日本語' }

/** The language of the viewer's mail; the portal's own is chosen in the settings and takes this one along. */
export function MailLanguage({ language }: { language: MailLocale }) {
  const t = useTranslations('notices')
  const change = useChange(ChooseMailLanguageDocument)
  return (
    <div className="max-w-xs">
      <SelectField
        label={t('mailLanguage')}
        hint={t('mailLanguageHint')}
        value={change.variables?.input.language ?? language}
        onChange={(event) =>
          change.mutate({
            input: { idempotencyKey: newIdempotencyKey(), language: event.target.value as MailLocale },
          })
        }
      >
        {locales.map((locale) => (
          <option key={locale} value={locale} lang={locale}>
            {names[locale]}
          </option>
        ))}
      </SelectField>
    </div>
  )
}
