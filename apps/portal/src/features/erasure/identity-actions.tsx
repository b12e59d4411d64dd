'use client'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { useStep } from '@/features/erasure/use-step'
import {
  BeginIdentityCheckDocument,
  VerifyIdentityDocument,
  type IdentityMethod,
  type RequestDetailFragment,
} from '@/gql/graphql'
import { Button } from '@/ui/button'
import { Confirm } from '@/ui/dialog'
import { SelectField, TextArea } from '@/ui/field'

const methods: readonly IdentityMethod[] = ['SIGNED_IN', 'DOCUMENT', 'MAIL_CHALLENGE', 'OTHER']

interface MethodFieldProps {
  value: IdentityMethod
  offered?: readonly IdentityMethod[]
  onChange: (method: IdentityMethod) => void
}

function MethodField({ value, offered = methods, onChange }: MethodFieldProps) {
  const t = useTranslations('identity')
  return (
    <SelectField
      label={t('method')}
      hint={t('methodHint')}
      value={value}
      onChange={(event) => onChange(event.target.value as IdentityMethod)}
    >
      {offered.map((method) => (
        <option key={method} value={method}>
          {t(`methods.${method}`)}
        </option>
      ))}
    </SelectField>
  )
}

/** Asks the person to show who they are; in doubt the clock stands still where its rule allows that. */
export function BeginIdentityCheck({ request }: { request: RequestDetailFragment }) {
  const t = useTranslations('identity')
  const { act, error, isPending } = useStep(BeginIdentityCheckDocument)
  const [method, setMethod] = useState<IdentityMethod>('DOCUMENT')
  const [reason, setReason] = useState('')
  const [inDoubt, setInDoubt] = useState(false)
  return (
    <Confirm
      trigger={<Button>{t('begin.label')}</Button>}
      title={t('begin.title', { number: request.number })}
      consequence={t('begin.consequence')}
      confirm={t('begin.label')}
      pending={isPending}
      disabled={reason.trim() === ''}
      error={error}
      onConfirm={() => act({ erasureRequestId: request.id, method, reason, inDoubt })}
    >
      {/* A link is mailed by a button of its own. */}
      <MethodField value={method} offered={methods.filter((each) => each !== 'MAIL_CHALLENGE')} onChange={setMethod} />
      <TextArea label={t('reason')} required value={reason} onChange={(event) => setReason(event.target.value)} />
      <label className="flex items-start gap-2 text-sm">
        <input
          type="checkbox"
          className="mt-1"
          checked={inDoubt}
          onChange={(event) => setInDoubt(event.target.checked)}
        />
        {t('inDoubt')}
      </label>
    </Confirm>
  )
}

export function VerifyIdentity({ request, isMain }: { request: RequestDetailFragment; isMain: boolean }) {
  const t = useTranslations('identity')
  const actions = useTranslations('erasure.action')
  const { act, error, isPending } = useStep(VerifyIdentityDocument)
  const [method, setMethod] = useState<IdentityMethod>(request.identityMethod ?? 'SIGNED_IN')
  const [reason, setReason] = useState('')
  return (
    <Confirm
      trigger={<Button tone={isMain ? 'primary' : 'plain'}>{actions('verifyIdentity.label')}</Button>}
      title={actions('verifyIdentity.title', { number: request.number })}
      consequence={actions('verifyIdentity.consequence', { pictures: request.forgetCount })}
      confirm={actions('verifyIdentity.label')}
      pending={isPending}
      error={error}
      onConfirm={() => act({ erasureRequestId: request.id, method, reason })}
    >
      <MethodField value={method} onChange={setMethod} />
      <TextArea
        label={actions('reasonOptional')}
        hint={t('wordsStay')}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
    </Confirm>
  )
}
