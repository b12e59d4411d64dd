'use client'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { ArgumentList, FieldFacts, TypeName } from '@/features/reference/field-facts'
import { isWanted, type Reference, type ReferenceOperation } from '@/features/reference/reference-data'
import { RunDocument } from '@/features/reference/run-document'
import { Search } from '@/features/reference/search'
import { Card } from '@/ui/card'

const kinds = ['query', 'mutation', 'subscription'] as const

export function OperationsReference({ reference }: { reference: Reference }) {
  const t = useTranslations('reference')
  const [wanted, setWanted] = useState('')
  const { operations, actions } = reference
  const shown = operations.filter(({ name, description, type, action }) =>
    isWanted(wanted, name, description, type, action),
  )
  return (
    <Search wanted={wanted} onWanted={setWanted} shown={shown.length} total={operations.length}>
      {kinds.map((kind) => {
        const ofKind = shown.filter((operation) => operation.kind === kind)
        return ofKind.length === 0 ? null : (
          <Card key={kind} title={t(`kind.${kind}`)} note={t(`kindNote.${kind}`)}>
            <div className="divide-y border-y">
              {ofKind.map((operation) => (
                <Operation key={operation.name} operation={operation} actions={actions} />
              ))}
            </div>
          </Card>
        )
      })}
    </Search>
  )
}

function Operation({ operation, actions }: { operation: ReferenceOperation; actions: Reference['actions'] }) {
  const [isOpen, setOpen] = useState(false)
  const { name, description, type, arguments: list } = operation
  return (
    <details className="py-2" data-testid={`operation-${name}`} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="flex min-w-0 flex-wrap items-baseline gap-x-3 rounded py-1 text-sm">
        <span className="font-mono font-medium break-all">{name}</span>
        <span lang="en" className="text-xs text-ink-2">
          {description}
        </span>
      </summary>
      {isOpen ? (
        <div className="grid min-w-0 gap-4 py-3">
          <p className="text-xs">
            <TypeName type={type} />
          </p>
          {list.length === 0 ? null : <ArgumentList list={list} />}
          <FieldFacts field={operation} actions={actions} />
          <RunDocument operation={operation} />
        </div>
      ) : null}
    </details>
  )
}
