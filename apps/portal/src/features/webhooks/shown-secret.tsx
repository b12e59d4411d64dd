'use client'
import { useTranslations } from 'next-intl'
import { CodeBlock } from '@/ui/code-block'

/** The key that signs, as long as the dialog is open; it is not to be had again. */
export function ShownSecret({ secret }: { secret: string | null }) {
  const t = useTranslations('webhooks')
  return (
    <div className="grid gap-3" data-testid="secret">
      <p className="text-sm">{secret === null ? t('secretGone') : t('secretOnce')}</p>
      {secret === null ? null : <CodeBlock label={t('secret')} code={secret} wrap />}
    </div>
  )
}
