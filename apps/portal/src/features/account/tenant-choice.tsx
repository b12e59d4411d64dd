'use client'
import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useId } from 'react'
import { useViewer } from '@/session/viewer-context'

interface Tenants {
  tenants: { id: string; name: string; role: string }[]
  activeTenantId: string | null
}

const readTenants = async (): Promise<Tenants> => {
  const response = await fetch('/api/session/tenant')
  if (!response.ok) throw new Error(`HTTP ${response.status}`)
  return (await response.json()) as Tenants
}

/** The tenant's name; a choice for whoever belongs to several. */
export function TenantChoice() {
  const t = useTranslations()
  const id = useId()
  const { tenant } = useViewer()
  const { data } = useQuery({ queryKey: ['tenants'], queryFn: readTenants, staleTime: Infinity, retry: false })
  const name = tenant?.name ?? t('nav.platform')
  if (data === undefined || data.tenants.length < 2) return <p className="mt-1.5 truncate text-xs text-ink-2">{name}</p>
  const change = async (tenantId: string) => {
    await fetch('/api/session/tenant', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ tenantId }),
    })
    // A full load, so that nothing of the other tenant stays in memory.
    window.location.assign('/')
  }
  return (
    <>
      <label htmlFor={id} className="sr-only">
        {t('access.tenant')}
      </label>
      <select
        id={id}
        value={data.activeTenantId ?? ''}
        onChange={(event) => void change(event.target.value)}
        className="mt-2 w-full truncate rounded-md border border-line-strong bg-sheet px-2 py-1.5 text-xs text-ink"
      >
        {data.tenants.map((one) => (
          <option key={one.id} value={one.id}>
            {`${one.name} · ${t(`roles.${one.role}`)}`}
          </option>
        ))}
      </select>
    </>
  )
}
