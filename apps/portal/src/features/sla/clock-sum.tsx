'use client'
import { useFormatter, useTranslations } from 'next-intl'
import type { ClockStepPartsFragment, ClockSummaryFragment } from '@/gql/graphql'
import { useQuantities } from '@/i18n/use-quantities'

/** Each step of the sum, so that anybody can reconstruct the date. */
export function ClockSum({ clock }: { clock: ClockSummaryFragment }) {
  const t = useTranslations('sla')
  return (
    <div className="grid gap-3 text-sm">
      <p>
        <span className="font-medium">{clock.citation}</span>
        <span className="block text-xs text-ink-2">
          {t('rule', { id: clock.statuteId, version: clock.ruleVersion, zone: clock.timeZone })}
        </span>
      </p>
      <StepList steps={clock.explanation} timeZone={clock.timeZone} />
    </div>
  )
}

export function StepList({ steps, timeZone }: { steps: readonly ClockStepPartsFragment[]; timeZone: string }) {
  const t = useTranslations('sla.step')
  const format = useFormatter()
  const sentence = useSentence()
  const where = ({ day, at }: ClockStepPartsFragment): string =>
    at
      ? format.dateTime(new Date(at), { timeZone, dateStyle: 'medium', timeStyle: 'short' })
      : format.dateTime(new Date(`${day}T00:00:00Z`), {
          timeZone: 'UTC',
          year: 'numeric',
          month: 'short',
          day: 'numeric',
          weekday: 'short',
        })
  return (
    <ol className="grid gap-2.5">
      {steps.map((step, index) => (
        <li key={index} className="grid grid-cols-[1.25rem_minmax(0,1fr)] gap-x-2">
          <span className="text-ink-3">{index + 1}.</span>
          <span>
            <span className="font-medium">{where(step)}</span>
            {t.has(step.code) ? ` · ${t(step.code)}` : ''}
            <span className="block break-words text-ink-2">{sentence(step)}</span>
          </span>
        </li>
      ))}
    </ol>
  )
}

/** A step in words of the viewer's language, from its code and values. */
function useSentence(): (step: ClockStepPartsFragment) => string {
  const t = useTranslations('sla')
  const format = useFormatter()
  const { duration } = useQuantities()
  const day = (at: string) => format.dateTime(new Date(at), { dateStyle: 'medium' })
  const length = ({ count, unit }: ClockStepPartsFragment): string =>
    count == null || unit == null
      ? ''
      : unit === 'millisecond'
        ? duration(count / 1000)
        : t.has(`unit.${unit}`)
          ? t(`unit.${unit}`, { count })
          : `${count} ${unit}`
  return (step) => {
    const { code, from, until, reason, statuteId } = step
    if (!t.has(`because.${code}`)) return ''
    return t(`because.${code}`, {
      length: length(step),
      from: from ? day(from) : '',
      until: until ? day(until) : t('now'),
      reason: reason ?? '',
      hasReason: reason ? 'yes' : 'no',
      countsHours: step.at ? 'yes' : 'no',
      rule: statuteId ?? '',
    })
  }
}
