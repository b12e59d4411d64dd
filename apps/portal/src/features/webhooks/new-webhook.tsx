'use client'
import { Plus } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { ShownSecret } from '@/features/webhooks/shown-secret'
import { useAttempt } from '@/features/webhooks/use-attempt'
import { type WebhookDraft, WebhookFields } from '@/features/webhooks/webhook-form'
import { CreateWebhookDocument } from '@/gql/graphql'
import { newIdempotencyKey, useChange } from '@/session/use-document'
import { Button } from '@/ui/button'
import { Dialog } from '@/ui/dialog'

const blank: WebhookDraft = {
  url: '',
  description: '',
  kinds: ['ERASURE_RECEIVED', 'ERASURE_STATE_CHANGED', 'CLOCK_BREACHED'],
}

/** Asks where to and of what, and then shows the secret, once. */
export function NewWebhook() {
  const t = useTranslations('webhooks')
  const [open, setOpen] = useState(false)
  const [draft, setDraft] = useState(blank)
  const [created, setCreated] = useState<{ secret: string | null } | null>(null)
  const [idempotencyKey, setIdempotencyKey] = useState(newIdempotencyKey)
  const change = useChange(CreateWebhookDocument)
  const { error, attempt } = useAttempt()
  const create = async () => {
    const input = { idempotencyKey, ...draft, kinds: [...draft.kinds] }
    const answer = await attempt(async () => (await change.mutateAsync({ input })).createWebhook)
    setIdempotencyKey(newIdempotencyKey())
    if (answer !== null) setCreated({ secret: answer.secret ?? null })
  }
  const onOpenChange = (isOpen: boolean) => {
    setOpen(isOpen)
    if (isOpen) return
    setCreated(null)
    setDraft(blank)
  }
  return (
    <Dialog
      trigger={
        <Button tone="primary">
          <Plus aria-hidden />
          {t('add')}
        </Button>
      }
      title={created ? t('added') : t('add')}
      description={created ? undefined : t('addNote')}
      open={open}
      onOpenChange={onOpenChange}
    >
      {created ? (
        <div className="grid gap-4">
          <ShownSecret secret={created.secret} />
          <Button tone="primary" className="justify-self-end" onClick={() => onOpenChange(false)}>
            {t('kept')}
          </Button>
        </div>
      ) : (
        <form
          className="grid gap-4"
          onSubmit={(event) => {
            event.preventDefault()
            void create()
          }}
        >
          <WebhookFields draft={draft} onChange={setDraft} />
          {error ? (
            <p role="alert" className="rounded-md bg-danger-well px-3 py-2 text-sm text-danger">
              {error}
            </p>
          ) : null}
          <Button
            type="submit"
            tone="primary"
            className="justify-self-end"
            disabled={change.isPending || draft.kinds.length === 0}
          >
            {t('create')}
          </Button>
        </form>
      )}
    </Dialog>
  )
}
