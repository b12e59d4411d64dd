'use client'
import { useTranslations } from 'next-intl'
import { TextField } from '@/ui/field'

/** Shortest and longest that the identity provider takes. */
const length = { min: 12, max: 128 }

export function NewPassword({ autoFocus = false }: { autoFocus?: boolean }) {
  const t = useTranslations('access')
  return (
    <TextField
      label={t('newPassword')}
      hint={t('passwordHint', { min: length.min })}
      name="password"
      type="password"
      autoComplete="new-password"
      minLength={length.min}
      maxLength={length.max}
      required
      autoFocus={autoFocus}
    />
  )
}
