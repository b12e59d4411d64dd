'use client'
import { CircleCheck, Hourglass } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { RemoveSsoProviderDocument, VerifySsoDomainDocument, type SsoProviderRowFragment } from '@/gql/graphql'
import { newIdempotencyKey, useChange } from '@/session/use-document'
import { Badge } from '@/ui/badge'
import { Button } from '@/ui/button'
import { Facts } from '@/ui/card'
import { CopyableId } from '@/ui/copyable-id'
import { Confirm } from '@/ui/dialog'

const messageOf = (problem: unknown): string => (problem instanceof Error ? problem.message : String(problem))

export function SsoProviderLine({ provider }: { provider: SsoProviderRowFragment }) {
  const t = useTranslations()
  const isVerified = provider.domainVerifiedAt != null
  return (
    <li className="grid gap-4 px-4 py-4 sm:px-5">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h3 className="flex flex-wrap items-center gap-2 text-sm font-semibold">
          {provider.domain}
          {isVerified ? (
            <Badge tone="pass" icon={CircleCheck}>
              {t('sso.verified')}
            </Badge>
          ) : (
            <Badge tone="open" icon={Hourglass}>
              {t('sso.unverified')}
            </Badge>
          )}
        </h3>
        <div className="flex flex-wrap gap-2">
          {isVerified ? null : <VerifyDomain id={provider.id} />}
          <RemoveProvider provider={provider} />
        </div>
      </div>
      <Facts
        columns={2}
        rows={[
          [t('sso.issuer'), <CopyableId key="issuer" value={provider.issuer} whole />],
          [t('sso.clientId'), <CopyableId key="client" value={provider.clientId} whole />],
          [t('sso.redirectUri'), <CopyableId key="redirect" value={provider.redirectUri} whole />],
          [t('sso.newcomers'), provider.newcomerRole ? t(`roles.${provider.newcomerRole}`) : t('sso.newcomersRefused')],
          ...(isVerified
            ? []
            : ([
                [t('sso.proofName'), <CopyableId key="name" value={provider.proofName} whole />],
                [t('sso.proofValue'), <CopyableId key="value" value={provider.proofValue} whole />],
              ] as const)),
        ]}
      />
    </li>
  )
}

function VerifyDomain({ id }: { id: string }) {
  const t = useTranslations('sso')
  const [error, setError] = useState<string | null>(null)
  const change = useChange(VerifySsoDomainDocument)
  const verify = async () => {
    setError(null)
    try {
      // A new key each time: an answer of DNS is not for keeps.
      const input = { idempotencyKey: newIdempotencyKey(), ssoProviderId: id }
      const { verifySsoDomain: answer } = await change.mutateAsync({ input })
      if (answer.__typename === 'UserError') setError(answer.message)
    } catch (problem) {
      setError(messageOf(problem))
    }
  }
  return (
    <>
      {error ? (
        <p role="alert" className="max-w-[40ch] text-sm text-danger">
          {error}
        </p>
      ) : null}
      <Button onClick={() => void verify()} disabled={change.isPending}>
        {t('verify')}
      </Button>
    </>
  )
}

function RemoveProvider({ provider }: { provider: SsoProviderRowFragment }) {
  const t = useTranslations('sso')
  const [error, setError] = useState<string | null>(null)
  const [idempotencyKey] = useState(newIdempotencyKey)
  const change = useChange(RemoveSsoProviderDocument)
  const remove = async (): Promise<boolean> => {
    setError(null)
    try {
      const input = { idempotencyKey, ssoProviderId: provider.id }
      const { removeSsoProvider: answer } = await change.mutateAsync({ input })
      if (answer.__typename !== 'UserError') return true
      setError(answer.message)
    } catch (problem) {
      setError(messageOf(problem))
    }
    return false
  }
  return (
    <Confirm
      trigger={<Button tone="danger">{t('remove')}</Button>}
      title={t('removeTitle', { domain: provider.domain })}
      consequence={t('removeConsequence')}
      confirm={t('remove')}
      tone="danger"
      pending={change.isPending}
      error={error}
      onConfirm={remove}
    />
  )
}
