'use client'
import { useTranslations } from 'next-intl'
import type { NoticeKind } from '@/gql/graphql'
import { TextField } from '@/ui/field'

export interface WebhookDraft {
  readonly url: string
  readonly description: string
  readonly kinds: readonly NoticeKind[]
}

const every: Record<NoticeKind, true> = {
  ERASURE_RECEIVED: true,
  ERASURE_STATE_CHANGED: true,
  IDENTITY_DECLINED: true,
  CLOCK_DUE_SOON: true,
  CLOCK_BREACHED: true,
  CLOCK_EXTENDED: true,
  LIST_DUE_SOON: true,
  LIST_OVERDUE: true,
  AUDIT_COMPLETED: true,
  RUN_FAILED: true,
  BUNDLE_READY: true,
  BUNDLE_FAILED: true,
  MEMBER_JOINED: true,
  MEMBER_ROLE_CHANGED: true,
  MEMBER_REMOVED: true,
  KEY_CREATED: true,
  KEY_REVOKED: true,
  WEBHOOK_DISABLED: true,
}
const kinds = Object.keys(every) as NoticeKind[]

/** Where to, and of what: the fields of a webhook. */
export function WebhookFields({ draft, onChange }: { draft: WebhookDraft; onChange: (draft: WebhookDraft) => void }) {
  const t = useTranslations()
  const toggle = (kind: NoticeKind, isChosen: boolean) =>
    onChange({ ...draft, kinds: kinds.filter((each) => (each === kind ? isChosen : draft.kinds.includes(each))) })
  return (
    <>
      <TextField
        label={t('webhooks.url')}
        hint={t('webhooks.urlHint')}
        type="url"
        required
        value={draft.url}
        placeholder="https://example.com/lethe"
        onChange={(event) => onChange({ ...draft, url: event.target.value })}
      />
      <TextField
        label={t('webhooks.description')}
        maxLength={200}
        value={draft.description}
        onChange={(event) => onChange({ ...draft, description: event.target.value })}
      />
      <fieldset>
        <legend className="mb-2 text-sm font-medium">{t('webhooks.kinds')}</legend>
        <div className="grid gap-1 sm:grid-cols-2">
          {kinds.map((kind) => (
            <label key={kind} className="flex min-h-8 items-center gap-2 text-sm">
              <input
                type="checkbox"
                checked={draft.kinds.includes(kind)}
                onChange={(event) => toggle(kind, event.target.checked)}
              />
              {t(`notices.kind.${kind}`)}
            </label>
          ))}
        </div>
      </fieldset>
    </>
  )
}
