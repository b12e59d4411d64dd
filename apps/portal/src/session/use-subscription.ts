'use client'
import { useEffect, useEffectEvent, useState } from 'react'
import type { TypedDocumentString } from '@/gql/graphql'
import { createEventParser } from '@/session/event-stream'
import { namedBy, tellWholeDocuments } from '@/session/request'

export type StreamState = 'connecting' | 'live' | 'ended' | 'retrying'

const longestWaitMs = 15_000

interface Problem {
  extensions?: { code?: string }
}

const isWorthAnother = (problems: readonly Problem[]): boolean =>
  problems.some(({ extensions }) => extensions?.code === 'SUBSCRIBER_TOO_SLOW') ||
  (problems.some(({ extensions }) => extensions?.code === 'DOCUMENT_UNKNOWN') && tellWholeDocuments())

/** Reads one subscription (GraphQL over SSE, distinct connections) behind its place until it ends or `signal` aborts. */
async function readStream<Result, Variables>(
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
  signal: AbortSignal,
  place: { lastId: string | undefined },
  on: { open: () => void; next: (result: Result) => void },
): Promise<'broken' | 'refused'> {
  const response = await fetch('/api/graphql/stream', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      ...(place.lastId === undefined ? {} : { 'last-event-id': place.lastId }),
    },
    body: JSON.stringify({ ...namedBy(document), variables }),
    signal,
  })
  if (!response.ok || response.body === null) return response.status < 500 ? 'refused' : 'broken'
  on.open()
  const parse = createEventParser()
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return 'broken'
    for (const { event, data, id } of parse(value)) {
      // The gateway completes a stream when its token ends; another one goes on where it stopped.
      if (event === 'complete') return 'broken'
      if (event !== 'next') continue
      const result = JSON.parse(data) as { data?: Result | null; errors?: Problem[] }
      if (result.data == null && result.errors) return isWorthAnother(result.errors) ? 'broken' : 'refused'
      place.lastId = id ?? place.lastId
      if (result.data != null) on.next(result.data)
    }
  }
}

/** Follows a subscription while mounted; after a break it comes back with growing patience, behind the last event that it heard. */
export function useSubscription<Result, Variables>(
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
  onNext: (result: Result) => void,
  { enabled = true, onOpen }: { enabled?: boolean; onOpen?: () => void } = {},
): StreamState {
  const [state, setState] = useState<StreamState>('connecting')
  const next = useEffectEvent(onNext)
  const opened = useEffectEvent(() => {
    setState('live')
    onOpen?.()
  })
  const key = JSON.stringify(variables)
  useEffect(() => {
    if (!enabled) return
    const abort = new AbortController()
    void follow(abort.signal)
    return () => abort.abort()

    async function follow(signal: AbortSignal): Promise<void> {
      const place = { lastId: undefined }
      for (let waitMs = 500; !signal.aborted; waitMs = Math.min(waitMs * 2, longestWaitMs)) {
        const read = readStream(document, JSON.parse(key) as Variables, signal, place, {
          open: () => opened(),
          next: (result) => next(result),
        })
        const end = await read.catch(() => 'broken' as const)
        if (signal.aborted) return
        if (end !== 'broken') return setState('ended')
        setState('retrying')
        await new Promise((resolve) => setTimeout(resolve, waitMs))
      }
    }
  }, [document, key, enabled])
  return state
}
