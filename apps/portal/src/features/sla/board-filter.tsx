'use client'
import { useTranslations } from 'next-intl'
import type { ClockState as State } from '@/gql/graphql'
import { SelectField } from '@/ui/field'

const statuteIds = ['gdpr-12-3', 'ccpa-7021', 'california-drop', 'contract'] as const
const clockStates: readonly State[] = ['RUNNING', 'PAUSED', 'MET', 'BREACHED']

interface BoardFilterProps {
  state: State | ''
  onState: (state: State | '') => void
  statuteId: string
  onStatute: (statuteId: string) => void
}

export function BoardFilter({ state, onState, statuteId, onStatute }: BoardFilterProps) {
  const t = useTranslations('sla')
  return (
    <div className="flex flex-wrap gap-2">
      <SelectField
        label={<span className="sr-only">{t('clock')}</span>}
        value={state}
        onChange={(event) => onState(event.target.value as State | '')}
      >
        <option value="">{t('allStates')}</option>
        {clockStates.map((value) => (
          <option key={value} value={value}>
            {t(`state.${value}`)}
          </option>
        ))}
      </SelectField>
      <SelectField
        label={<span className="sr-only">{t('statute')}</span>}
        value={statuteId}
        onChange={(event) => onStatute(event.target.value)}
      >
        <option value="">{t('allRules')}</option>
        {statuteIds.map((value) => (
          <option key={value} value={value}>
            {t(`statuteName.${value}`)}
          </option>
        ))}
      </SelectField>
    </div>
  )
}
