'use client'
import { useTranslations } from 'next-intl'
import type { Role } from '@/gql/graphql'
import { SelectField } from '@/ui/field'

export const tenantRoles = ['tenant_owner', 'engineer', 'privacy_officer', 'data_owner', 'auditor'] as const

/** A role with what it is for. */
export function RoleField({
  value,
  onChange,
  roles = tenantRoles,
}: {
  value: Role
  onChange: (role: Role) => void
  roles?: readonly Role[]
}) {
  const t = useTranslations()
  return (
    <SelectField
      label={t('rights.role')}
      hint={t(`rights.roleHint.${value}`)}
      value={value}
      onChange={(event) => onChange(roles.find((role) => role === event.target.value) ?? value)}
    >
      {roles.map((role) => (
        <option key={role} value={role}>
          {t(`roles.${role}`)}
        </option>
      ))}
    </SelectField>
  )
}
