'use client'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { isWanted, type Reference } from '@/features/reference/reference-data'
import { Search } from '@/features/reference/search'
import { CodeBlock } from '@/ui/code-block'
import { CopyableId } from '@/ui/copyable-id'

export function DocumentsReference({ documents }: { documents: Reference['documents'] }) {
  const t = useTranslations('reference')
  const [wanted, setWanted] = useState('')
  const shown = documents.filter(({ name, text, hash }) => isWanted(wanted, name, text, hash))
  return (
    <Search wanted={wanted} onWanted={setWanted} shown={shown.length} total={documents.length}>
      <p className="text-sm text-ink-2">{t('documentsNote')}</p>
      <ul className="divide-y border-y">
        {shown.map((document) => (
          <TrustedDocument key={`${document.of}-${document.hash}`} document={document} />
        ))}
      </ul>
    </Search>
  )
}

function TrustedDocument({ document: { of, name, hash, text } }: { document: Reference['documents'][number] }) {
  const t = useTranslations('reference')
  const [isOpen, setOpen] = useState(false)
  return (
    <li className="grid min-w-0 gap-1 py-2">
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary className="rounded py-1 text-sm">
          <span className="font-mono font-medium">{name}</span>
          <span className="ml-3 text-xs text-ink-2">{t(`documentOf.${of}`)}</span>
        </summary>
        {isOpen ? <CodeBlock label="GraphQL" code={text} wrap /> : null}
      </details>
      <CopyableId value={`sha256:${hash}`} />
    </li>
  )
}
