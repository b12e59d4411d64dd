'use client'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { FollowTenant } from '@/features/shell/follow-tenant'
import { GatewayError } from '@/session/request'
import type { Viewer } from '@/session/viewer'
import { ViewerProvider } from '@/session/viewer-context'

/** A refusal does not become an answer by asking again. */
const mayRetry = (failures: number, error: Error): boolean =>
  !(error instanceof GatewayError && error.code !== 'NO_DATA') && failures < 2

export function Providers({ viewer, children }: { viewer: Viewer; children: ReactNode }) {
  const [client] = useState(
    () =>
      new QueryClient({
        defaultOptions: { queries: { staleTime: 5_000, retry: mayRetry, refetchOnWindowFocus: true } },
      }),
  )
  return (
    <QueryClientProvider client={client}>
      <ViewerProvider viewer={viewer}>
        {viewer.tenant ? <FollowTenant /> : null}
        {children}
      </ViewerProvider>
    </QueryClientProvider>
  )
}
