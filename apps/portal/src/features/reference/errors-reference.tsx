'use client'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { isWanted, type Reference } from '@/features/reference/reference-data'
import { Search } from '@/features/reference/search'
import { Card } from '@/ui/card'

export function ErrorsReference({ errors }: { errors: Reference['errors'] }) {
  const t = useTranslations('reference')
  const [wanted, setWanted] = useState('')
  const chapters = errors
    .map(({ title, rows }) => ({
      title,
      rows: rows.filter(({ code, message, status }) => isWanted(wanted, code, message, status)),
    }))
    .filter(({ rows }) => rows.length > 0)
  const count = (list: readonly { rows: readonly unknown[] }[]) => list.reduce((sum, { rows }) => sum + rows.length, 0)
  return (
    <Search wanted={wanted} onWanted={setWanted} shown={count(chapters)} total={count(errors)}>
      <p className="text-sm text-ink-2">{t('errorsNote')}</p>
      {chapters.map(({ title, rows }) => (
        <Card key={title} title={<span lang="en">{title}</span>}>
          <dl className="grid min-w-0 gap-3 text-sm">
            {rows.map(({ code, status, message }) => (
              <div key={code} className="grid gap-0.5">
                <dt className="font-mono text-xs font-medium break-all">
                  {code}
                  {status === '' ? null : <span className="text-ink-2"> · {status}</span>}
                </dt>
                <dd lang="en" className="text-xs text-ink-2">
                  {message}
                </dd>
              </div>
            ))}
          </dl>
        </Card>
      ))}
    </Search>
  )
}
