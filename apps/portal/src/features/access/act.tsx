'use client'
import { useState, type ComponentProps, type ReactNode } from 'react'
import { useAttempt } from '@/features/webhooks/use-attempt'
import type { TypedDocumentString } from '@/gql/graphql'
import { newIdempotencyKey, useChange } from '@/session/use-document'
import { Confirm } from '@/ui/dialog'

type Answered = { __typename: string } | { __typename: 'UserError'; message: string }

interface ActProps<Input> extends Pick<
  ComponentProps<typeof Confirm>,
  'trigger' | 'title' | 'consequence' | 'confirm' | 'tone' | 'disabled'
> {
  document: TypedDocumentString<Record<string, unknown>, { input: Input }>
  /** Less the idempotency key. */
  input: () => Omit<Input, 'idempotencyKey'>
  onDone?: () => void
  children?: ReactNode
}

/** One mutation behind one question that says what will happen, with one key per question. */
export function Act<Input>({ document, input, onDone, children, ...asked }: ActProps<Input>) {
  const [idempotencyKey, setIdempotencyKey] = useState(newIdempotencyKey)
  const change = useChange(document)
  const { error, attempt } = useAttempt()
  const act = async (): Promise<boolean> => {
    const answer = await attempt(async () => {
      const variables = { input: { ...input(), idempotencyKey } as unknown as Input }
      const found = Object.values(await change.mutateAsync(variables)).find(
        (value): value is Answered => typeof value === 'object' && value !== null && '__typename' in value,
      )
      return found as { __typename: 'Done' } | { __typename: 'UserError'; message: string }
    })
    setIdempotencyKey(newIdempotencyKey())
    if (answer === null) return false
    onDone?.()
    return true
  }
  return (
    <Confirm {...asked} pending={change.isPending} error={error} onConfirm={act}>
      {children}
    </Confirm>
  )
}
