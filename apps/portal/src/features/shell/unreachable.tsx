import { getTranslations } from 'next-intl/server'
import { Wordmark } from '@/features/shell/wordmark'
import { ButtonAnchor } from '@/ui/button'

export async function Unreachable() {
  const t = await getTranslations('states')
  return (
    <main className="mx-auto grid min-h-dvh max-w-md content-center gap-4 px-6">
      <title>Lethe</title>
      <Wordmark />
      <p className="answer">{t('unreachable')}</p>
      <p className="text-sm text-ink-2">{t('unreachableNote')}</p>
      <div>
        <ButtonAnchor href="">{t('retry')}</ButtonAnchor>
      </div>
    </main>
  )
}
