'use client'
import { useTranslations } from 'next-intl'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { ShownSecret } from '@/features/webhooks/shown-secret'
import { useAttempt } from '@/features/webhooks/use-attempt'
import {
  DeleteWebhookDocument,
  RotateWebhookSecretDocument,
  TestWebhookDocument,
  UpdateWebhookDocument,
  type WebhookSummaryFragment,
} from '@/gql/graphql'
import { newIdempotencyKey, useChange } from '@/session/use-document'
import { Button } from '@/ui/button'
import { Confirm, Dialog } from '@/ui/dialog'

const named = (webhook: WebhookSummaryFragment) => ({ idempotencyKey: newIdempotencyKey(), webhookId: webhook.id })

export function WebhookActions({ webhook }: { webhook: WebhookSummaryFragment }) {
  return (
    <>
      <Test webhook={webhook} />
      <Rotate webhook={webhook} />
      <Switch webhook={webhook} />
      <Remove webhook={webhook} />
    </>
  )
}

function Test({ webhook }: { webhook: WebhookSummaryFragment }) {
  const t = useTranslations('webhooks')
  const change = useChange(TestWebhookDocument)
  const { error, attempt } = useAttempt()
  return (
    <div className="grid gap-1">
      <Button
        disabled={change.isPending}
        onClick={() => void attempt(async () => (await change.mutateAsync({ input: named(webhook) })).testWebhook)}
      >
        {t('test')}
      </Button>
      {error ? (
        <p role="alert" className="text-sm text-danger">
          {error}
        </p>
      ) : null}
    </div>
  )
}

function Rotate({ webhook }: { webhook: WebhookSummaryFragment }) {
  const t = useTranslations('webhooks')
  const change = useChange(RotateWebhookSecretDocument)
  const { error, attempt } = useAttempt()
  const [shown, setShown] = useState<{ secret: string | null } | null>(null)
  const rotate = async () => {
    const answer = await attempt(
      async () => (await change.mutateAsync({ input: { ...named(webhook), overlapHours: 24 } })).rotateWebhookSecret,
    )
    if (answer !== null) setShown({ secret: answer.secret ?? null })
    return answer !== null
  }
  return (
    <>
      <Confirm
        trigger={<Button>{t('rotate')}</Button>}
        title={t('rotate')}
        consequence={t('rotateNote')}
        confirm={t('rotate')}
        pending={change.isPending}
        error={error}
        onConfirm={rotate}
      />
      <Dialog
        trigger={<span hidden />}
        title={t('rotated')}
        open={shown !== null}
        onOpenChange={(isOpen) => (isOpen ? undefined : setShown(null))}
      >
        <ShownSecret secret={shown?.secret ?? null} />
      </Dialog>
    </>
  )
}

function Switch({ webhook }: { webhook: WebhookSummaryFragment }) {
  const t = useTranslations('webhooks')
  const change = useChange(UpdateWebhookDocument)
  const { error, attempt } = useAttempt()
  const isActive = webhook.state === 'ACTIVE'
  const set = async () =>
    (await attempt(
      async () => (await change.mutateAsync({ input: { ...named(webhook), isEnabled: !isActive } })).updateWebhook,
    )) !== null
  return (
    <Confirm
      trigger={<Button>{isActive ? t('disable') : t('enable')}</Button>}
      title={isActive ? t('disable') : t('enable')}
      consequence={isActive ? t('disableNote') : t('enableNote')}
      confirm={isActive ? t('disable') : t('enable')}
      pending={change.isPending}
      error={error}
      onConfirm={set}
    />
  )
}

function Remove({ webhook }: { webhook: WebhookSummaryFragment }) {
  const t = useTranslations('webhooks')
  const router = useRouter()
  const change = useChange(DeleteWebhookDocument)
  const { error, attempt } = useAttempt()
  const remove = async () => {
    const answer = await attempt(async () => (await change.mutateAsync({ input: named(webhook) })).deleteWebhook)
    if (answer !== null) router.push('/settings/webhooks')
    return answer !== null
  }
  return (
    <Confirm
      trigger={<Button tone="danger">{t('remove')}</Button>}
      title={t('remove')}
      consequence={t('removeNote')}
      confirm={t('remove')}
      tone="danger"
      pending={change.isPending}
      error={error}
      onConfirm={remove}
    />
  )
}
