'use client'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { Act } from '@/features/access/act'
import {
  ResumeTenantDocument,
  SetTenantQuotaDocument,
  SuspendTenantDocument,
  type TenantLineFragment,
} from '@/gql/graphql'
import { Button } from '@/ui/button'
import { TextArea, TextField } from '@/ui/field'

const mebibyte = 1_048_576
const textOf = (bound: number | null | undefined): string => (bound == null ? '' : String(bound))
const boundOf = (text: string): number | null => (text.trim() === '' ? null : Number(text))

/** Bounds, and stopping or resuming everything that a tenant may change. */
export function TenantActions({ tenant }: { tenant: TenantLineFragment }) {
  return (
    <div className="flex flex-wrap gap-2">
      <Quota tenant={tenant} />
      {tenant.suspendedAt == null ? <Suspend tenant={tenant} /> : <Resume tenant={tenant} />}
    </div>
  )
}

function Quota({ tenant }: { tenant: TenantLineFragment }) {
  const t = useTranslations('platform')
  const { quota } = tenant
  const [draft, setDraft] = useState({
    members: textOf(quota.members),
    storage: quota.storageBytes == null ? '' : String(quota.storageBytes / mebibyte),
    runs: textOf(quota.concurrentRuns),
    requests: textOf(quota.requestsPerMinute),
  })
  const field = (name: keyof typeof draft, label: string) => (
    <TextField
      label={label}
      type="number"
      min={1}
      inputMode="numeric"
      value={draft[name]}
      onChange={(event) => setDraft({ ...draft, [name]: event.target.value })}
    />
  )
  return (
    <Act
      document={SetTenantQuotaDocument}
      input={() => {
        const mebibytes = boundOf(draft.storage)
        return {
          tenantId: tenant.id,
          members: boundOf(draft.members),
          storageBytes: mebibytes === null ? null : Math.round(mebibytes * mebibyte),
          concurrentRuns: boundOf(draft.runs),
          requestsPerMinute: boundOf(draft.requests),
        }
      }}
      trigger={<Button aria-label={t('quotaOf', { name: tenant.name })}>{t('quota')}</Button>}
      title={t('quotaOf', { name: tenant.name })}
      consequence={t('quotaConsequence')}
      confirm={t('setQuota')}
    >
      {field('members', t('members'))}
      {field('storage', t('storageMebibytes'))}
      {field('runs', t('activeRuns'))}
      {field('requests', t('requestsPerMinute'))}
    </Act>
  )
}

function Suspend({ tenant }: { tenant: TenantLineFragment }) {
  const t = useTranslations('platform')
  const [reason, setReason] = useState('')
  return (
    <Act
      document={SuspendTenantDocument}
      input={() => ({ tenantId: tenant.id, reason })}
      onDone={() => setReason('')}
      trigger={
        <Button tone="danger" aria-label={t('suspendOf', { name: tenant.name })}>
          {t('suspend')}
        </Button>
      }
      title={t('suspendOf', { name: tenant.name })}
      consequence={t('suspendConsequence')}
      confirm={t('suspend')}
      tone="danger"
      disabled={reason.trim() === ''}
    >
      <TextArea
        label={t('reason')}
        hint={t('reasonHint')}
        required
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
    </Act>
  )
}

function Resume({ tenant }: { tenant: TenantLineFragment }) {
  const t = useTranslations('platform')
  return (
    <Act
      document={ResumeTenantDocument}
      input={() => ({ tenantId: tenant.id })}
      trigger={<Button aria-label={t('resumeOf', { name: tenant.name })}>{t('resume')}</Button>}
      title={t('resumeOf', { name: tenant.name })}
      consequence={t('resumeConsequence')}
      confirm={t('resume')}
    />
  )
}
