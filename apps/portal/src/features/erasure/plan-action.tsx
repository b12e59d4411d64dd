'use client'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { useStep } from '@/features/erasure/use-step'
import { methodName } from '@/features/runs/run-line'
import {
  PlanErasureDocument,
  PlanOptionsDocument,
  type PlanOptionsQuery,
  type PlanVersionInput,
  type RequestDetailFragment,
} from '@/gql/graphql'
import { useQuantities } from '@/i18n/use-quantities'
import { useDocument } from '@/session/use-document'
import { Button } from '@/ui/button'
import { Confirm } from '@/ui/dialog'
import { SelectField, TextArea } from '@/ui/field'

type Option = NonNullable<PlanOptionsQuery['erasureRequest']>['planOptions'][number]

const usual = 'alignment-calibration'

interface Choice {
  /** A method, or DESTROY or RETAIN. */
  what: string
  basis: string
}

/** What is done about each version: a method, with the time that it will take, or to destroy or keep it. */
export function PlanAction({ request, isMain }: { request: RequestDetailFragment; isMain: boolean }) {
  const t = useTranslations('erasure.action.planErasure')
  const { act, error, isPending } = useStep(PlanErasureDocument)
  const { data } = useDocument(PlanOptionsDocument, { id: request.id })
  const [choices, setChoices] = useState<Readonly<Record<string, Choice>>>({})
  const options = data?.erasureRequest?.planOptions ?? []
  const choiceOf = (option: Option): Choice =>
    choices[option.modelVersion.id] ?? { what: option.methods.length === 0 ? 'DESTROY' : usual, basis: '' }
  const isIncomplete = options.some((option) => {
    const { what, basis } = choiceOf(option)
    return what === 'RETAIN' && basis.trim().length < 10
  })
  const plan = () => {
    const versions = options.flatMap((option) => inputOf(option, choiceOf(option)))
    return act({ erasureRequestId: request.id, ...(versions.length === 0 ? {} : { versions }) })
  }
  return (
    <Confirm
      trigger={<Button tone={isMain ? 'primary' : 'plain'}>{t('label')}</Button>}
      title={t('title', { number: request.number })}
      consequence={t('consequence', { pictures: request.forgetCount })}
      confirm={t('label')}
      pending={isPending}
      disabled={isIncomplete}
      error={error}
      onConfirm={plan}
    >
      {options.map((option) => (
        <VersionChoice
          key={option.modelVersion.id}
          option={option}
          choice={choiceOf(option)}
          onChange={(choice) => setChoices({ ...choices, [option.modelVersion.id]: choice })}
        />
      ))}
    </Confirm>
  )
}

/** What is usual needs no word. */
function inputOf(option: Option, { what, basis }: Choice): PlanVersionInput[] {
  const modelVersionId = option.modelVersion.id
  if (what === usual) return []
  if (what === 'DESTROY') return [{ modelVersionId, action: what }]
  if (what === 'RETAIN') return [{ modelVersionId, action: what, basis }]
  const method = option.methods.find((each) => each.method === what)
  return method ? [{ modelVersionId, unlearning: method.unlearning }] : []
}

function VersionChoice({
  option,
  choice,
  onChange,
}: {
  option: Option
  choice: Choice
  onChange: (choice: Choice) => void
}) {
  const t = useTranslations()
  const { duration } = useQuantities()
  const { modelVersion, methods, actions } = option
  return (
    <div className="grid gap-3">
      <SelectField
        label={t('model.versionOf', { name: modelVersion.model.name, number: modelVersion.number })}
        hint={methods.length === 0 ? t('options.nothingLeft') : undefined}
        value={choice.what}
        onChange={(event) => onChange({ ...choice, what: event.target.value })}
      >
        {methods.map(({ method, seconds }) => (
          <option key={method} value={method}>
            {methodName(t, method)}
            {seconds == null ? '' : ` – ${t('plan.about', { duration: duration(seconds) })}`}
          </option>
        ))}
        {actions
          .filter((action) => action === 'DESTROY' || action === 'RETAIN')
          .map((action) => (
            <option key={action} value={action}>
              {t(`plan.action.${action}`)}
            </option>
          ))}
      </SelectField>
      {choice.what === 'RETAIN' ? (
        <TextArea
          label={t('options.basis')}
          hint={t('options.basisHint')}
          required
          value={choice.basis}
          onChange={(event) => onChange({ ...choice, basis: event.target.value })}
        />
      ) : null}
    </div>
  )
}
