'use client'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { Button } from '@/ui/button'
import { Card } from '@/ui/card'
import { Confirm } from '@/ui/dialog'

export function SessionsCard() {
  const t = useTranslations('access.sessions')
  const [error, setError] = useState<string | null>(null)
  const end = async (): Promise<boolean> => {
    const response = await fetch('/api/session/everywhere', { method: 'DELETE' }).catch(() => null)
    if (!response?.ok) {
      setError(t('failed'))
      return false
    }
    window.location.assign('/sign-in')
    return true
  }
  return (
    <Card title={t('title')} note={t('note')}>
      <Confirm
        trigger={<Button>{t('end')}</Button>}
        title={t('end')}
        consequence={t('consequence')}
        confirm={t('end')}
        error={error}
        onConfirm={end}
      />
    </Card>
  )
}
