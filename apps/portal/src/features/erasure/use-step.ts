'use client'
import { useState } from 'react'
import type { TypedDocumentString } from '@/gql/graphql'
import { newIdempotencyKey, useChange } from '@/session/use-document'

/** One act on a request: a refusal is kept as words, and one key stands for one question asked. */
export function useStep<Result extends object, Input extends { idempotencyKey: string }>(
  document: TypedDocumentString<Result, { input: Input }>,
) {
  const [error, setError] = useState<string | null>(null)
  // One key per question asked, so that a repeated click is not a second act.
  const [idempotencyKey, setIdempotencyKey] = useState(newIdempotencyKey)
  const change = useChange(document)
  const act = async (input: Omit<Input, 'idempotencyKey'>): Promise<boolean> => {
    setError(null)
    try {
      const answer = await change.mutateAsync({ input: { ...input, idempotencyKey } as unknown as Input })
      const result = Object.values(answer).find((value): value is Outcome => typeof value === 'object')
      setIdempotencyKey(newIdempotencyKey())
      if (result?.__typename !== 'UserError') return true
      setError(result.message ?? '')
    } catch (problem) {
      setError(problem instanceof Error ? problem.message : String(problem))
    }
    return false
  }
  return { act, error, isPending: change.isPending }
}

interface Outcome {
  __typename?: string
  message?: string
}
