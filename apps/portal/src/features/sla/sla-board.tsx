'use client'
import { useViewer } from '@/session/viewer-context'
import { PlatformBoard } from '@/features/sla/platform-board'
import { TenantBoard } from '@/features/sla/tenant-board'

/** Who runs the platform sees the clocks of all tenants, without their data; everybody else those of their own. */
export function SlaBoard() {
  const { actions } = useViewer()
  return actions.includes('platform:read') ? <PlatformBoard /> : <TenantBoard />
}
