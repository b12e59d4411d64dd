'use client'
import { PauseCircle } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { NewTenant } from '@/features/platform/new-tenant'
import { TenantActions } from '@/features/platform/tenant-actions'
import { type TenantLineFragment, TenantsDocument } from '@/gql/graphql'
import { useQuantities } from '@/i18n/use-quantities'
import { useConnection } from '@/session/use-document'
import { useMay } from '@/session/viewer-context'
import { Badge } from '@/ui/badge'
import { Card, Facts } from '@/ui/card'
import { ListBody } from '@/ui/list-body'
import { MoreRows } from '@/ui/more-rows'
import { Moment } from '@/ui/moment'
import { Page } from '@/ui/page'
import { Empty } from '@/ui/states'
import { useListAnswer } from '@/ui/use-list-answer'

/** What each tenant may use, what it uses, and what that was measured to cost. */
export function Tenants() {
  const t = useTranslations()
  const listAnswer = useListAnswer()
  const mayChange = useMay('tenant:write')
  const list = useConnection(TenantsDocument, { first: 20 }, (result) => result.tenants)
  const suspended = list.rows.filter(({ suspendedAt }) => suspendedAt != null).length
  return (
    <Page
      title={t('nav.tenants')}
      answer={listAnswer(list, t('platform.answer', { count: list.total, suspended }))}
      actions={mayChange ? <NewTenant /> : null}
    >
      <ListBody list={list} empty={<Empty title={t('platform.none')} />}>
        {list.rows.map((tenant) => (
          <TenantCard key={tenant.id} tenant={tenant} mayChange={mayChange} />
        ))}
        <MoreRows shown={list.rows.length} total={list.total} {...list.more} />
      </ListBody>
    </Page>
  )
}

function TenantCard({ tenant, mayChange }: { tenant: TenantLineFragment; mayChange: boolean }) {
  const t = useTranslations('platform')
  const { bytes, duration, money, number } = useQuantities()
  const { quota, usage } = tenant
  const of = (used: string, bound: string | null) => (bound === null ? used : t('of', { used, bound }))
  return (
    <Card
      title={
        <span className="flex flex-wrap items-center gap-2">
          {tenant.name}
          <code className="font-mono text-xs font-normal text-ink-2">{tenant.slug}</code>
          {tenant.suspendedAt == null ? null : (
            <Badge tone="warn" icon={PauseCircle}>
              {t('suspended')}
            </Badge>
          )}
        </span>
      }
      note={tenant.suspendedReason ?? undefined}
      action={mayChange ? <TenantActions tenant={tenant} /> : null}
    >
      <Facts
        columns={3}
        rows={[
          [t('members'), of(number(usage.members), quota.members == null ? null : number(quota.members))],
          [t('storage'), of(bytes(usage.storageBytes), quota.storageBytes == null ? null : bytes(quota.storageBytes))],
          [
            t('activeRuns'),
            of(number(usage.activeRuns), quota.concurrentRuns == null ? null : number(quota.concurrentRuns)),
          ],
          [
            t('requestsPerMinute'),
            quota.requestsPerMinute == null ? t('platformDefault') : number(quota.requestsPerMinute),
          ],
          [t('openRequests'), number(usage.openRequests)],
          [t('since'), <Moment key="since" at={tenant.createdAt} day />],
          [
            t('measured'),
            <span key="measured">
              {t('runs', { count: usage.settledRuns })} · {t('wall', { time: duration(usage.wallSeconds) })} ·{' '}
              {t('cpu', { time: duration(usage.cpuSeconds) })}
              {usage.cost ? ` · ${t('costs', { cost: money(usage.cost) })}` : ''}
              <span className="block text-xs text-ink-2">
                {t('measuredSince')} <Moment at={usage.measuredSince} day />
                {usage.peakMemoryBytes > 0 ? ` · ${t('peak', { bytes: bytes(usage.peakMemoryBytes) })}` : ''}
              </span>
            </span>,
          ],
        ]}
      />
    </Card>
  )
}
