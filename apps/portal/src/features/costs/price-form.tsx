'use client'
import { useTranslations } from 'next-intl'
import { useState, type FormEvent } from 'react'
import { SetDeviceHourPriceDocument } from '@/gql/graphql'
import { newIdempotencyKey, useChange } from '@/session/use-document'
import { Button } from '@/ui/button'
import { TextField } from '@/ui/field'

interface Price {
  readonly amount: number
  readonly currency: string
}

interface Refusal {
  readonly message: string
  readonly field: string | null
}

/** An owner sets what an hour of device time costs; a refusal stands at the field that it is about. */
export function PriceForm({ price }: { price: Price | null }) {
  const t = useTranslations('costs')
  const [amount, setAmount] = useState(price ? String(price.amount) : '')
  const [currency, setCurrency] = useState(price?.currency ?? 'EUR')
  const [refusal, setRefusal] = useState<Refusal | null>(null)
  const [isSaved, setSaved] = useState(false)
  const change = useChange(SetDeviceHourPriceDocument)
  const save = async (event: FormEvent) => {
    event.preventDefault()
    setSaved(false)
    setRefusal(null)
    try {
      const input = { idempotencyKey: newIdempotencyKey(), amount: Number(amount), currency: currency.toUpperCase() }
      const { setDeviceHourPrice: result } = await change.mutateAsync({ input })
      if (result.__typename === 'UserError') setRefusal({ message: result.message, field: result.field ?? null })
      else setSaved(true)
    } catch (problem) {
      setRefusal({ message: problem instanceof Error ? problem.message : String(problem), field: null })
    }
  }
  const errorOf = (field: string) => (refusal?.field === `input.${field}` ? refusal.message : null)
  return (
    <form onSubmit={(event) => void save(event)} className="grid max-w-md gap-4">
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <TextField
          label={t('amount')}
          type="number"
          min="0"
          step="any"
          required
          value={amount}
          error={errorOf('amount')}
          onChange={(event) => setAmount(event.target.value)}
        />
        <TextField
          label={t('currency')}
          hint={t('currencyHint')}
          required
          maxLength={3}
          autoCapitalize="characters"
          value={currency}
          error={errorOf('currency')}
          onChange={(event) => setCurrency(event.target.value)}
        />
      </div>
      <div className="flex flex-wrap items-center gap-3">
        <Button type="submit" tone="primary" disabled={amount.trim() === '' || change.isPending}>
          {t('save')}
        </Button>
        <p role="status" className="text-sm text-ink-2">
          {isSaved ? t('saved') : ''}
        </p>
      </div>
      {refusal !== null && refusal.field === null ? (
        <p role="alert" className="text-sm text-danger">
          {refusal.message}
        </p>
      ) : null}
    </form>
  )
}
