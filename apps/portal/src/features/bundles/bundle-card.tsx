'use client'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { BundleLine } from '@/features/bundles/bundle-line'
import { HowToVerify } from '@/features/bundles/how-to-verify'
import { RequestEvidenceBundleDocument, type RequestDetailFragment } from '@/gql/graphql'
import { newIdempotencyKey, useChange } from '@/session/use-document'
import { Button } from '@/ui/button'
import { Card } from '@/ui/card'

/** Older ones are on the evidence page. */
const most = 3

/** The evidence of a request to take home: asked for here, downloaded here, checked elsewhere. */
export function BundleCard({ request }: { request: RequestDetailFragment }) {
  const t = useTranslations('bundle')
  const { bundles } = request
  return (
    <Card
      title={t('title')}
      note={t('note')}
      action={request.allowedActions.includes('requestEvidenceBundle') ? <Prepare requestId={request.id} /> : null}
    >
      {bundles.length === 0 ? (
        <p className="text-sm text-ink-2">{t('none')}</p>
      ) : (
        <ul className="grid gap-4">
          {bundles.slice(0, most).map((bundle) => (
            <li key={bundle.id}>
              <BundleLine bundle={bundle} requestNumber={request.number} />
            </li>
          ))}
        </ul>
      )}
      {bundles.some(({ state }) => state === 'READY') ? <HowToVerify requestNumber={request.number} /> : null}
    </Card>
  )
}

function Prepare({ requestId }: { requestId: string }) {
  const t = useTranslations('bundle')
  const [error, setError] = useState<string | null>(null)
  const change = useChange(RequestEvidenceBundleDocument)
  const prepare = async () => {
    setError(null)
    try {
      const input = { idempotencyKey: newIdempotencyKey(), erasureRequestId: requestId }
      const { requestEvidenceBundle } = await change.mutateAsync({ input })
      if (requestEvidenceBundle.__typename === 'UserError') setError(requestEvidenceBundle.message)
    } catch (problem) {
      setError(problem instanceof Error ? problem.message : String(problem))
    }
  }
  return (
    <div className="grid justify-items-end gap-1">
      <Button onClick={() => void prepare()} disabled={change.isPending}>
        {t('prepare')}
      </Button>
      {error ? (
        <p role="alert" className="text-sm text-danger">
          {error}
        </p>
      ) : null}
    </div>
  )
}
