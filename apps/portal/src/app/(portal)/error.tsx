'use client'
import { ErrorState } from '@/ui/states'

export default function PortalError({ error, reset }: { error: Error; reset: () => void }) {
  return <ErrorState error={error} retry={reset} />
}
