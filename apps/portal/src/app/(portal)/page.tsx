import { redirect } from 'next/navigation'
import { Overview } from '@/features/overview/overview'
import { readViewer } from '@/session/viewer'

/** Who runs the platform has no tenant to look over: the clocks of all tenants are the overview. */
export default async function OverviewPage() {
  const result = await readViewer()
  if (result.state === 'signed-in' && !result.viewer.actions.includes('tenant:read')) redirect('/sla')
  return <Overview />
}
