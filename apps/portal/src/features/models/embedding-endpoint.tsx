'use client'
import { useTranslations } from 'next-intl'
import { Card } from '@/ui/card'
import { CopyableId } from '@/ui/copyable-id'
import { CodeBlock } from '@/ui/code-block'

/** The black box that data owners and auditors see, with a call that runs as it stands. */
export function EmbeddingEndpoint({ url }: { url: string }) {
  const t = useTranslations('model')
  const example = `curl -sS '${url}' \\\n  -H "Authorization: Bearer $LETHE_TOKEN" \\\n  -H 'Content-Type: image/png' \\\n  --data-binary @picture.png`
  return (
    <Card title={t('endpoint')} note={t('endpointNote')}>
      <p className="mb-3">
        <CopyableId value={url} whole />
      </p>
      <CodeBlock label={t('endpointExample')} code={example} />
    </Card>
  )
}
