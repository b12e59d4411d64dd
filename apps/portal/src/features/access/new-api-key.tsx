'use client'
import { Plus } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { RoleField } from '@/features/access/role-field'
import { useAttempt } from '@/features/webhooks/use-attempt'
import { CreateApiKeyDocument, type Role } from '@/gql/graphql'
import { newIdempotencyKey, useChange } from '@/session/use-document'
import { useViewer } from '@/session/viewer-context'
import { Button } from '@/ui/button'
import { CodeBlock } from '@/ui/code-block'
import { Dialog } from '@/ui/dialog'
import { SelectField, TextField } from '@/ui/field'

/** Roles without a right that the viewer lacks; the gateway decides. */
const rolesWithin: Partial<Record<Role, readonly Role[]>> = {
  tenant_owner: ['tenant_owner', 'engineer'],
  engineer: ['engineer'],
  privacy_officer: ['privacy_officer', 'data_owner'],
}
const lifetimes = ['30', '90', '365', ''] as const

const endOf = (days: string): string | null =>
  days === '' ? null : new Date(Date.now() + Number(days) * 86_400_000).toISOString()

/** Asks what for, and then shows the key, once. */
export function NewApiKey() {
  const t = useTranslations()
  const { role: own } = useViewer()
  const roles = rolesWithin[own] ?? [own]
  const [open, setOpen] = useState(false)
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>(roles.at(-1) ?? own)
  const [days, setDays] = useState<string>('90')
  const [secret, setSecret] = useState<string | null | undefined>()
  const [idempotencyKey, setIdempotencyKey] = useState(newIdempotencyKey)
  const change = useChange(CreateApiKeyDocument)
  const { error, attempt } = useAttempt()
  const create = async () => {
    const input = { idempotencyKey, name, role, expiresAt: endOf(days) }
    const answer = await attempt(async () => (await change.mutateAsync({ input })).createApiKey)
    setIdempotencyKey(newIdempotencyKey())
    if (answer !== null) setSecret(answer.secret ?? null)
  }
  const onOpenChange = (isOpen: boolean) => {
    setOpen(isOpen)
    if (isOpen) return
    setSecret(undefined)
    setName('')
  }
  return (
    <Dialog
      trigger={
        <Button tone="primary">
          <Plus aria-hidden />
          {t('rights.keys.add')}
        </Button>
      }
      title={secret === undefined ? t('rights.keys.add') : t('rights.keys.added')}
      description={secret === undefined ? t('rights.keys.addNote') : undefined}
      open={open}
      onOpenChange={onOpenChange}
    >
      {secret !== undefined ? (
        <div className="grid gap-4" data-testid="secret">
          <p className="text-sm">{secret === null ? t('rights.keys.gone') : t('rights.keys.once')}</p>
          {secret === null ? null : <CodeBlock label={t('rights.keys.title')} code={secret} wrap />}
          <Button tone="primary" className="justify-self-end" onClick={() => onOpenChange(false)}>
            {t('rights.keys.kept')}
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
          <TextField
            label={t('rights.keys.name')}
            hint={t('rights.keys.nameHint')}
            required
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
          <RoleField value={role} onChange={setRole} roles={roles} />
          <SelectField label={t('rights.keys.lifetime')} value={days} onChange={(event) => setDays(event.target.value)}>
            {lifetimes.map((each) => (
              <option key={each} value={each}>
                {each === '' ? t('rights.keys.noEnd') : t('rights.days', { count: Number(each) })}
              </option>
            ))}
          </SelectField>
          {error ? (
            <p role="alert" className="rounded-md bg-danger-well px-3 py-2 text-sm text-danger">
              {error}
            </p>
          ) : null}
          <Button type="submit" tone="primary" className="justify-self-end" disabled={change.isPending}>
            {t('rights.keys.add')}
          </Button>
        </form>
      )}
    </Dialog>
  )
}
