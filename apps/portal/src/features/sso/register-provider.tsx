'use client'
import { useTranslations } from 'next-intl'
import { useRef, useState, type FormEvent } from 'react'
import { RegisterSsoProviderDocument, type Role } from '@/gql/graphql'
import { newIdempotencyKey, useChange } from '@/session/use-document'
import { Button } from '@/ui/button'
import { Card } from '@/ui/card'
import { SelectField, TextField } from '@/ui/field'

const newcomerRoles: readonly Role[] = ['engineer', 'data_owner', 'auditor']

interface Refusal {
  message: string
  field: string | null
}

export function RegisterProvider() {
  const t = useTranslations()
  const form = useRef<HTMLFormElement>(null)
  const [refusal, setRefusal] = useState<Refusal | null>(null)
  const change = useChange(RegisterSsoProviderDocument)
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const data = new FormData(event.currentTarget)
    const text = (name: string): string => {
      const value = data.get(name)
      return typeof value === 'string' ? value.trim() : ''
    }
    const newcomerRole = newcomerRoles.find((role) => role === text('newcomerRole')) ?? null
    setRefusal(null)
    try {
      const { registerSsoProvider: answer } = await change.mutateAsync({
        input: {
          idempotencyKey: newIdempotencyKey(),
          issuer: text('issuer'),
          clientId: text('clientId'),
          clientSecret: text('clientSecret'),
          domain: text('domain'),
          newcomerRole,
        },
      })
      if (answer.__typename === 'UserError') setRefusal({ message: answer.message, field: answer.field ?? null })
      else form.current?.reset()
    } catch (problem) {
      setRefusal({ message: problem instanceof Error ? problem.message : String(problem), field: null })
    }
  }
  const field = (name: string) => ({
    name,
    required: true,
    label: t(`sso.${name}`),
    error: refusal?.field === `input.${name}` ? refusal.message : undefined,
  })
  const isShown = ['issuer', 'clientId', 'clientSecret', 'domain'].some((name) => refusal?.field === `input.${name}`)
  return (
    <Card title={t('sso.register')} note={t('sso.registerNote')}>
      <form
        ref={form}
        onSubmit={(event) => void submit(event)}
        className="grid max-w-2xl items-start gap-4 sm:grid-cols-2"
      >
        <TextField {...field('domain')} hint={t('sso.domainHint')} />
        <TextField {...field('issuer')} type="url" hint={t('sso.issuerHint')} />
        <TextField {...field('clientId')} autoComplete="off" />
        <TextField {...field('clientSecret')} type="password" autoComplete="off" hint={t('sso.secretHint')} />
        <SelectField label={t('sso.newcomers')} name="newcomerRole" defaultValue="" hint={t('sso.newcomersHint')}>
          <option value="">{t('sso.newcomersRefused')}</option>
          {newcomerRoles.map((role) => (
            <option key={role} value={role}>
              {t(`roles.${role}`)}
            </option>
          ))}
        </SelectField>
        <div className="grid content-end justify-items-start gap-3 sm:col-span-2">
          {refusal && !isShown ? (
            <p role="alert" className="text-sm text-danger">
              {refusal.message}
            </p>
          ) : null}
          <Button type="submit" tone="primary" disabled={change.isPending} aria-busy={change.isPending}>
            {t('sso.submit')}
          </Button>
        </div>
      </form>
    </Card>
  )
}
