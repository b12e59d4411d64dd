'use client'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import type { ReferenceOperation } from '@/features/reference/reference-data'
import { Button } from '@/ui/button'
import { CodeBlock } from '@/ui/code-block'
import { TextArea } from '@/ui/field'

interface Answer {
  data?: unknown
  errors?: unknown
  extensions?: { cost?: { requested: number; limit: number; remaining: number } }
}

/** Variables to begin with: those that have no value of their own, empty. */
const firstVariables = ({ arguments: list }: ReferenceOperation): string => {
  const given = list.filter(({ type, preset }) => type.endsWith('!') || preset !== undefined)
  const values = given.map(({ name, preset }) => [name, preset === undefined ? '' : (JSON.parse(preset) as unknown)])
  return JSON.stringify(Object.fromEntries(values), null, 2)
}

function readVariables(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text.trim() === '' ? '{}' : text)
    return typeof value === 'object' ? value : null
  } catch {
    return null
  }
}

/** A document with its variables. A query runs as the viewer, in the viewer's tenant; what changes something is only shown. */
export function RunDocument({ operation }: { operation: ReferenceOperation }) {
  const t = useTranslations('reference')
  const [text, setText] = useState(operation.example)
  const [variables, setVariables] = useState(() => firstVariables(operation))
  const [answer, setAnswer] = useState<Answer | null>(null)
  const [isRunning, setRunning] = useState(false)
  if (operation.kind !== 'query') return <CodeBlock label="GraphQL" code={operation.example} wrap />
  const given = readVariables(variables)
  const run = async (): Promise<void> => {
    setRunning(true)
    const response = await fetch('/api/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
      body: JSON.stringify({ query: text, variables: given }),
    }).catch(() => null)
    setAnswer(((await response?.json().catch(() => null)) as Answer | null) ?? { errors: [t('unreachable')] })
    setRunning(false)
  }
  const { cost, ...rest } = answer?.extensions ?? {}
  return (
    <form
      className="grid min-w-0 gap-3"
      onSubmit={(event) => {
        event.preventDefault()
        void run()
      }}
    >
      <TextArea
        label={t('document')}
        value={text}
        spellCheck={false}
        onChange={(event) => setText(event.target.value)}
        className="min-h-32 font-mono text-xs"
      />
      <TextArea
        label={t('variables')}
        value={variables}
        spellCheck={false}
        error={given === null ? t('variablesInvalid') : undefined}
        onChange={(event) => setVariables(event.target.value)}
        className="font-mono text-xs"
      />
      <div>
        <Button type="submit" tone="primary" disabled={isRunning || given === null}>
          {isRunning ? t('running') : t('run')}
        </Button>
      </div>
      {answer === null ? null : (
        <div role="status" className="grid min-w-0 gap-2">
          {cost === undefined ? null : (
            <p className="text-xs text-ink-2">
              {t('costAnswered', { requested: cost.requested, limit: cost.limit, remaining: cost.remaining })}
            </p>
          )}
          <CodeBlock label="JSON" code={JSON.stringify({ ...answer, extensions: undefined, ...rest }, null, 2)} />
        </div>
      )}
    </form>
  )
}
