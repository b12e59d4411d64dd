'use client'
import { useState } from 'react'

interface Refused {
  readonly __typename: 'UserError'
  readonly message: string
}

/** One attempt at a mutation, with what it was refused for. Gives the answer, or null when it was refused. */
export function useAttempt() {
  const [error, setError] = useState<string | null>(null)
  const attempt = async <Answer extends { __typename: string }>(
    work: () => Promise<Answer | Refused>,
  ): Promise<Exclude<Answer, Refused> | null> => {
    setError(null)
    try {
      const answer = await work()
      if (answer.__typename !== 'UserError') return answer as Exclude<Answer, Refused>
      setError((answer as Refused).message)
    } catch (problem) {
      setError(problem instanceof Error ? problem.message : String(problem))
    }
    return null
  }
  return { error, attempt }
}
