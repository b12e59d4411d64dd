'use client'
import { useTranslations } from 'next-intl'
import type { Reference, ReferenceArgument, ReferenceField } from '@/features/reference/reference-data'
import { useMay } from '@/session/viewer-context'

export const TypeName = ({ type }: { type: string }) => <span className="font-mono text-xs text-accent">{type}</span>

/** Who may ask for a field, whether this viewer may, and what it costs. */
export function FieldFacts({ field, actions }: { field: ReferenceField; actions: Reference['actions'] }) {
  const t = useTranslations('reference')
  const roles = useTranslations('roles')
  const may = useMay(field.action ?? '')
  const action = field.action === undefined ? undefined : actions[field.action]
  return (
    <dl className="grid gap-x-6 gap-y-1 text-xs text-ink-2 sm:grid-cols-[auto_1fr]">
      <dt className="font-medium">{t('mayAsk')}</dt>
      <dd>
        {action === undefined
          ? t('anyone')
          : t('byRoles', { roles: action.roles.map((role) => roles(role as 'auditor')).join(t('comma')) })}
        {action === undefined ? null : <> {may ? t('youMay') : t('youMayNot')}</>}
        {action !== undefined && !action.isForKeys ? <> {t('notForKeys')}</> : null}
      </dd>
      <dt className="font-medium">{t('cost')}</dt>
      <dd>{t('costOf', { cost: field.cost })}</dd>
      {field.deprecated === undefined ? null : (
        <>
          <dt className="font-medium text-danger">{t('deprecated')}</dt>
          <dd lang="en">{field.deprecated}</dd>
        </>
      )}
    </dl>
  )
}

export function ArgumentList({ list }: { list: readonly ReferenceArgument[] }) {
  return (
    <ul className="grid gap-1.5 text-xs">
      {list.map(({ name, type, preset, description }) => (
        <li key={name}>
          <span className="font-mono">{name}: </span>
          <TypeName type={type} />
          {preset === undefined ? null : <span className="font-mono"> = {preset}</span>}
          {description === '' ? null : (
            <span lang="en" className="block text-ink-2">
              {description}
            </span>
          )}
        </li>
      ))}
    </ul>
  )
}
