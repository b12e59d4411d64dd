import { getTranslations } from 'next-intl/server'
import { Wordmark } from '@/features/shell/wordmark'
import { ButtonLink } from '@/ui/button'

export default async function NotFound() {
  const t = await getTranslations('states')
  return (
    <main className="mx-auto grid min-h-dvh max-w-md content-center gap-4 px-6">
      <title>404 · Lethe</title>
      <Wordmark />
      <h1 className="answer">{t('notFound')}</h1>
      <p className="text-sm text-ink-2">{t('notFoundNote')}</p>
      <div>
        <ButtonLink href="/">{t('toOverview')}</ButtonLink>
      </div>
    </main>
  )
}
