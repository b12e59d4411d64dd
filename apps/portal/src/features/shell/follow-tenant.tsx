'use client'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { TenantChangedDocument } from '@/gql/graphql'
import { useSubscription } from '@/session/use-subscription'

/** Many changes in a burst are read again once. */
const gatherMs = 800

/** Lets what is on screen be read again when anything of the tenant changes. */
export function FollowTenant() {
  const client = useQueryClient()
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null)
  useEffect(() => () => clearTimeout(timer.current ?? undefined), [])
  useSubscription(TenantChangedDocument, {}, () => {
    timer.current ??= setTimeout(() => {
      timer.current = null
      void client.invalidateQueries({ refetchType: 'active' })
    }, gatherMs)
  })
  return null
}
