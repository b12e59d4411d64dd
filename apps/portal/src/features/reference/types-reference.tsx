'use client'
import { useTranslations } from 'next-intl'
import { useEffect, useState } from 'react'
import { ArgumentList, TypeName } from '@/features/reference/field-facts'
import { isWanted, type Reference, type ReferenceType } from '@/features/reference/reference-data'
import { Search } from '@/features/reference/search'

export function TypesReference({ reference }: { reference: Reference }) {
  const [wanted, setWanted] = useState('')
  const shown = reference.types.filter(({ name, description, fields, values, members }) =>
    isWanted(wanted, name, description, ...members, ...[...fields, ...values].map((part) => part.name)),
  )
  return (
    <Search wanted={wanted} onWanted={setWanted} shown={shown.length} total={reference.types.length}>
      <div className="divide-y border-y">
        {shown.map((type) => (
          <TypeDescription key={type.name} type={type} isFound={wanted !== '' && shown.length <= 3} />
        ))}
      </div>
    </Search>
  )
}

function TypeDescription({ type, isFound }: { type: ReferenceType; isFound: boolean }) {
  const t = useTranslations('reference')
  const [isOpen, setOpen] = useState(false)
  useEffect(() => setOpen(isFound || window.location.hash === `#${type.name}`), [isFound, type.name])
  const { name, kind, description, fields, values, members } = type
  return (
    <details id={name} open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)} className="py-2">
      <summary className="flex flex-wrap items-baseline gap-x-3 rounded py-1 text-sm">
        <span className="font-mono font-medium break-all">{name}</span>
        <span className="text-xs text-ink-2">{kind}</span>
        <span lang="en" className="text-xs text-ink-2">
          {description}
        </span>
      </summary>
      {isOpen ? (
        <ul className="grid min-w-0 gap-2 py-2 pl-3">
          {members.map((member) => (
            <li key={member}>
              <TypeName type={member} />
            </li>
          ))}
          {values.map((value) => (
            <li key={value.name} className="text-xs">
              <span className="font-mono">{value.name}</span> <span lang="en">{value.description}</span>
            </li>
          ))}
          {fields.map((field) => (
            <li key={field.name} className="grid gap-1 text-xs">
              <span>
                <span className="font-mono">{field.name}: </span>
                <TypeName type={field.type} />
                {field.preset === undefined ? null : <span className="font-mono"> = {field.preset}</span>}
                {field.action === undefined ? null : <span className="text-ink-2"> · {field.action}</span>}
                {field.cost > 1 ? <span className="text-ink-2"> · {t('costOf', { cost: field.cost })}</span> : null}
              </span>
              {field.description === '' ? null : (
                <span lang="en" className="text-ink-2">
                  {field.description}
                </span>
              )}
              {field.deprecated === undefined ? null : (
                <span lang="en" className="text-danger">
                  {t('deprecated')}: {field.deprecated}
                </span>
              )}
              {field.arguments.length === 0 ? null : (
                <div className="pl-3">
                  <ArgumentList list={field.arguments} />
                </div>
              )}
            </li>
          ))}
        </ul>
      ) : null}
    </details>
  )
}
