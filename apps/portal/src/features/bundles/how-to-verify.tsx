'use client'
import { useTranslations } from 'next-intl'
import { CodeBlock } from '@/ui/code-block'

/** A bundle is checked away from here, under keys that came by another way. */
export function HowToVerify({ requestNumber }: { requestNumber: number }) {
  const t = useTranslations('bundle')
  return (
    <div className="mt-5 grid gap-2 border-t pt-4 text-sm">
      <p className="max-w-[70ch] text-ink-2">{t('howToVerify')}</p>
      <CodeBlock label="sh" code={`lethe verify erasure-${requestNumber}.tar --trust trust.txt`} />
      <p>
        <a
          href="/verify.html"
          download="verify.html"
          className="font-medium text-accent underline decoration-1 underline-offset-4 hover:decoration-2"
        >
          {t('verifierPage')}
        </a>
      </p>
    </div>
  )
}
