'use client'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import {
  ApproveErasureDocument,
  PlanErasureDocument,
  RejectErasureDocument,
  RetryErasureDocument,
  VerifyIdentityDocument,
  WithdrawErasureDocument,
  type RequestDetailFragment,
} from '@/gql/graphql'
import { newIdempotencyKey, useChange } from '@/session/use-document'
import { Button } from '@/ui/button'
import { Confirm } from '@/ui/dialog'
import { TextArea } from '@/ui/field'

const documents = {
  retryErasure: RetryErasureDocument,
  verifyIdentity: VerifyIdentityDocument,
  planErasure: PlanErasureDocument,
  approveErasure: ApproveErasureDocument,
  rejectErasure: RejectErasureDocument,
  withdrawErasure: WithdrawErasureDocument,
} as const

type ActionName = keyof typeof documents

const order = Object.keys(documents) as ActionName[]

/** Those whose input carries a reason; for the first two it must be given. */
const withReason: readonly ActionName[] = ['rejectErasure', 'withdrawErasure', 'verifyIdentity', 'approveErasure']
const reasonRequired: readonly ActionName[] = ['rejectErasure', 'withdrawErasure']
const isEnding = (name: ActionName): boolean => reasonRequired.includes(name)

/** What this viewer may do now, each after one question that says what will happen. */
export function RequestActions({ request }: { request: RequestDetailFragment }) {
  const allowed = order.filter((name) => request.allowedActions.includes(name))
  return allowed.map((name, index) => (
    <Action key={name} name={name} request={request} isMain={index === 0 && !isEnding(name)} />
  ))
}

function Action({ name, request, isMain }: { name: ActionName; request: RequestDetailFragment; isMain: boolean }) {
  const t = useTranslations('erasure.action')
  const [reason, setReason] = useState('')
  const [error, setError] = useState<string | null>(null)
  // One key per question asked, so that a repeated click is not a second act.
  const [idempotencyKey, setIdempotencyKey] = useState(newIdempotencyKey)
  const change = useChange(documents[name] as typeof VerifyIdentityDocument)
  const takesReason = withReason.includes(name)

  const act = async (): Promise<boolean> => {
    setError(null)
    const input = {
      idempotencyKey,
      erasureRequestId: request.id,
      ...(takesReason ? { reason } : {}),
      // An approval is for the plan on the screen and for no later one.
      ...(name === 'approveErasure' ? { planDigest: request.planDigest ?? null } : {}),
    }
    try {
      const result = Object.values(await change.mutateAsync({ input })).find((value) => typeof value === 'object')
      setIdempotencyKey(newIdempotencyKey())
      if (result?.__typename !== 'UserError') return true
      setError(result.message)
    } catch (problem) {
      setError(problem instanceof Error ? problem.message : String(problem))
    }
    return false
  }

  return (
    <Confirm
      trigger={<Button tone={isEnding(name) ? 'danger' : isMain ? 'primary' : 'plain'}>{t(`${name}.label`)}</Button>}
      title={t(`${name}.title`, { number: request.number })}
      consequence={t(`${name}.consequence`, { pictures: request.forgetCount })}
      confirm={t(`${name}.label`)}
      tone={isEnding(name) ? 'danger' : 'primary'}
      pending={change.isPending}
      disabled={isEnding(name) && reason.trim() === ''}
      error={error}
      onConfirm={act}
    >
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
