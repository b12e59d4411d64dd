'use client'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { BatchAction } from '@/features/erasure/batch-action'
import { BeginIdentityCheck, VerifyIdentity } from '@/features/erasure/identity-actions'
import { SendIdentityChallenge } from '@/features/erasure/identity-challenge'
import { PlanAction } from '@/features/erasure/plan-action'
import { useStep } from '@/features/erasure/use-step'
import {
  ApproveErasureDocument,
  LeaveErasureBatchDocument,
  RejectErasureDocument,
  RetryErasureDocument,
  WithdrawErasureDocument,
  type RejectionCode,
  type RequestDetailFragment,
} from '@/gql/graphql'
import { Button } from '@/ui/button'
import { Confirm } from '@/ui/dialog'
import { SelectField, TextArea } from '@/ui/field'

const documents = {
  retryErasure: RetryErasureDocument,
  approveErasure: ApproveErasureDocument,
  leaveErasureBatch: LeaveErasureBatchDocument,
  rejectErasure: RejectErasureDocument,
  withdrawErasure: WithdrawErasureDocument,
} as const

type ActionName = keyof typeof documents

const order = [
  'retryErasure',
  'verifyIdentity',
  'sendIdentityChallenge',
  'beginIdentityCheck',
  'approveErasure',
  'planErasure',
  'batchErasures',
  'leaveErasureBatch',
  'rejectErasure',
  'withdrawErasure',
] as const

/** Those whose input carries a reason; for the first two it must be given. */
const withReason: readonly ActionName[] = ['rejectErasure', 'withdrawErasure', 'approveErasure']
const reasonRequired: readonly string[] = ['rejectErasure', 'withdrawErasure']
const isEnding = (name: string): boolean => reasonRequired.includes(name)

const rejections: readonly RejectionCode[] = [
  'OTHER',
  'IDENTITY_NOT_CONFIRMED',
  'EXEMPT',
  'UNFOUNDED_OR_EXCESSIVE',
  'DUPLICATE',
]

/** What this viewer may do now, each after one question that says what will happen. */
export function RequestActions({ request }: { request: RequestDetailFragment }) {
  const allowed = order.filter((name) => request.allowedActions.includes(name))
  return allowed.map((name, index) => {
    const isMain = index === 0 && !isEnding(name)
    switch (name) {
      case 'beginIdentityCheck':
        return <BeginIdentityCheck key={name} request={request} />
      case 'sendIdentityChallenge':
        return <SendIdentityChallenge key={name} request={request} />
      case 'verifyIdentity':
        return <VerifyIdentity key={name} request={request} isMain={isMain} />
      case 'planErasure':
        return <PlanAction key={name} request={request} isMain={isMain} />
      case 'batchErasures':
        return <BatchAction key={name} request={request} />
      default:
        return <Action key={name} name={name} request={request} isMain={isMain} />
    }
  })
}

function Action({ name, request, isMain }: { name: ActionName; request: RequestDetailFragment; isMain: boolean }) {
  const t = useTranslations('erasure.action')
  const codes = useTranslations('identity.rejection')
  const [reason, setReason] = useState('')
  const [reasonCode, setReasonCode] = useState<RejectionCode>('OTHER')
  const { act, error, isPending } = useStep(documents[name] as typeof RejectErasureDocument)
  const takesReason = withReason.includes(name)
  const run = () =>
    act({
      erasureRequestId: request.id,
      ...(takesReason ? { reason } : {}),
      ...(name === 'rejectErasure' ? { reasonCode } : {}),
      // An approval is for the plan on the screen and for no later one.
      ...(name === 'approveErasure' ? { planDigest: request.planDigest ?? null } : {}),
    })
  return (
    <Confirm
      trigger={<Button tone={isEnding(name) ? 'danger' : isMain ? 'primary' : 'plain'}>{t(`${name}.label`)}</Button>}
      title={t(`${name}.title`, { number: request.number })}
      consequence={t(`${name}.consequence`, { pictures: request.forgetCount })}
      confirm={t(`${name}.label`)}
      tone={isEnding(name) ? 'danger' : 'primary'}
      pending={isPending}
      disabled={isEnding(name) && reason.trim() === ''}
      error={error}
      onConfirm={run}
    >
      {name === 'rejectErasure' ? (
        <SelectField
          label={codes('label')}
          value={reasonCode}
          onChange={(event) => setReasonCode(event.target.value as RejectionCode)}
        >
          {rejections.map((code) => (
            <option key={code} value={code}>
              {codes(code)}
            </option>
          ))}
        </SelectField>
      ) : null}
      {takesReason ? (
        <TextArea
          label={isEnding(name) ? t('reason') : t('reasonOptional')}
          hint={t('reasonHint')}
          required={isEnding(name)}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
      ) : null}
    </Confirm>
  )
}
