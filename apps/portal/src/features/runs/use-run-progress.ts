'use client'
import { useState } from 'react'
import { addObservation, nothingSeen, type Seen } from '@/features/runs/add-observation'
import { RunProgressDocument } from '@/gql/graphql'
import { useSubscription, type StreamState } from '@/session/use-subscription'

/** What a run has shown so far, replayed from its start and then followed. */
export function useRunProgress(runId: string): Seen & { stream: StreamState } {
  const [seen, setSeen] = useState<Seen>(nothingSeen)
  const stream = useSubscription(
    RunProgressDocument,
    { runId },
    ({ runProgress }) => setSeen((before) => addObservation(before, runProgress)),
    {
      onOpen: () => setSeen(nothingSeen),
    },
  )
  return { ...seen, stream }
}
