'use client'
import { useTranslations } from 'next-intl'
import { useMemo, useState } from 'react'
import { readSchema, type SchemaBlock } from '@/features/reference/read-schema'
import { TextField } from '@/ui/field'

/** Queries, mutations and subscriptions first, as they are what one calls; types follow by name. */
const first = ['Query', 'Mutation', 'Subscription']

export function SchemaReference({ sdl }: { sdl: string }) {
  const t = useTranslations('reference')
  const [wanted, setWanted] = useState('')
  const blocks = useMemo(() => {
    const rank = ({ name }: SchemaBlock): number => (first.includes(name) ? first.indexOf(name) : first.length)
    return readSchema(sdl).sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name))
  }, [sdl])
  const text = wanted.trim().toLowerCase()
  const shown =
    text === ''
      ? blocks
      : blocks.filter(({ name, source }) => name.toLowerCase().includes(text) || source.toLowerCase().includes(text))
  return (
    <div className="grid gap-4">
      <TextField
        label={t('search')}
        type="search"
        value={wanted}
        onChange={(event) => setWanted(event.target.value)}
        className="max-w-sm"
      />
      <p role="status" className="text-xs text-ink-2">
        {t('found', { shown: shown.length, total: blocks.length })}
      </p>
      <div className="divide-y border-y">
        {shown.map((block) => (
          <details key={block.name} open={text !== '' && shown.length <= 3 ? true : undefined} className="group py-2">
            <summary className="flex flex-wrap items-baseline gap-x-3 rounded py-1 text-sm">
              <span className="font-mono font-medium">{block.name}</span>
              <span className="text-xs text-ink-2">{block.kind}</span>
              {block.description ? (
                <span lang="en" className="text-xs text-ink-2">
                  {block.description}
                </span>
              ) : null}
            </summary>
            <pre
              tabIndex={0}
              lang="en"
              className="mt-2 relative overflow-x-auto rounded bg-well p-3 font-mono text-xs leading-5"
            >
              {block.source}
            </pre>
          </details>
        ))}
      </div>
    </div>
  )
}
