'use client'
import { FailedPage } from '@/ui/failed-page'

export default function PortalError({ error, reset }: { error: Error; reset: () => void }) {
  return <FailedPage error={error} retry={reset} />
}
