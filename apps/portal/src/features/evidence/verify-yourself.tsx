'use client'
import { useTranslations } from 'next-intl'
import type { EvidenceLogQuery } from '@/gql/graphql'
import { Card } from '@/ui/card'
import { CodeBlock } from '@/ui/code-block'

const steps = ['key', 'leaf', 'path', 'note', 'keep'] as const

/** The leaf hash of one entry by standard tools alone. */
const leafCommand = `printf '\\x00' | cat - body.json | openssl dgst -sha256 -binary | base64`

/** How an outsider checks the log with standard tools, trusting nothing of ours. */
export function VerifyYourself({ log }: { log: EvidenceLogQuery['evidenceLog'] }) {
  const t = useTranslations('evidence')
  return (
    <>
      <Card title={t('verifierKey')} note={t('verifierKeyNote')}>
        <CodeBlock label={log.origin} code={log.verifierKey} wrap />
      </Card>
      <Card title={t('verify')} note={t('verifyNote')}>
        <ol className="grid max-w-[75ch] list-decimal gap-4 pl-5 text-sm marker:text-ink-3">
          {steps.map((step) => (
            <li key={step}>
              {t(`step.${step}`)}
              {step === 'leaf' ? (
                <div className="mt-2">
                  <CodeBlock label="sh" code={leafCommand} />
                </div>
              ) : null}
            </li>
          ))}
        </ol>
        <p className="mt-5 max-w-[75ch] text-sm text-ink-2">{t('verifyLimit')}</p>
      </Card>
    </>
  )
}
