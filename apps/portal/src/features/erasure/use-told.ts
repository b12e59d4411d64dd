'use client'
import { useLocale, useTranslations } from 'next-intl'
import { methodName } from '@/features/runs/run-line'
import type { Sentence } from '@/gql/graphql'
import { lastInTime } from '@/i18n/quantities'
import { useQuantities } from '@/i18n/use-quantities'
import { useRefusal } from '@/i18n/use-refusal'

interface Said {
  readonly code: string
  readonly facts: Facts
}

/** What sentences of the gateway may bring; each brings a few. */
interface Facts {
  readonly code?: string | null
  readonly message?: string | null
  readonly kind?: string
  readonly method?: string
  readonly verdict?: string
  readonly outcome?: string
  readonly severity?: string
  readonly state?: string
  readonly dueAt?: string
  readonly until?: string
  readonly seconds?: number
  readonly share?: number | null
  readonly numbers?: readonly number[]
  readonly things?: readonly { readonly label: string; readonly why: string }[]
  readonly more?: number
  readonly cause?: Said
}

/** What the platform says of a request, from codes and facts; null where this portal does not know the sentence. */
export function useTold() {
  const t = useTranslations()
  const locale = useLocale()
  const { duration, percent } = useQuantities()
  const refusal = useRefusal()
  const known = (key: string, otherwise: string): string => (t.has(key as never) ? t(key as never) : otherwise)

  const nameThings = ({ things = [], more = 0 }: Facts): string =>
    things
      .map(({ label, why }) =>
        t.has(`told.uncovered.${why}` as never) ? t(`told.uncovered.${why}` as never, { label } as never) : label,
      )
      .join(t('told.uncovered.join')) + (more > 0 ? t('told.uncovered.more', { more }) : '')

  /** Of an audit its reason; of a run its failure. */
  const messageOf = ({ code, message, verdict }: Facts): string => {
    if (verdict === undefined) return refusal({ code, message: message ?? '' })
    return locale === 'en' ? (message ?? '') : known(`audit.reason.${code}`, message ?? '')
  }

  const valuesOf = (facts: Facts): Record<string, unknown> => ({
    ...Object.fromEntries(
      Object.entries(facts).map(([name, value]: [string, unknown]) => [
        name,
        typeof value === 'boolean' ? (value ? 'yes' : 'no') : value,
      ]),
    ),
    message: messageOf(facts),
    method: facts.method === undefined ? '' : methodName(t as never, facts.method),
    verdict: known(`verdict.${facts.verdict}.word`, facts.verdict ?? ''),
    run: known(`run.kind.${facts.kind}`, facts.kind ?? ''),
    state: known(`erasure.state.${facts.outcome}`, facts.outcome ?? ''),
    signOff: known(`review.outcome.${facts.outcome}`, facts.outcome ?? ''),
    severity: known(`review.severity.${facts.severity}`, facts.severity ?? ''),
    clock: known(`sla.state.${facts.state}`, facts.state ?? ''),
    versionState: known(`model.state.${facts.state}`, facts.state ?? ''),
    dueAt: lastInTime(facts.dueAt ?? '1970-01-01'),
    until: new Date(facts.until ?? 0),
    took: duration(facts.seconds ?? 0),
    share: percent(facts.share ?? 0),
    numbers: facts.numbers?.join(', ') ?? '',
    things: nameThings(facts),
    cause: facts.cause ? (say('told.why', facts.cause) ?? '') : known(`told.stop.${facts.code}`, facts.code ?? ''),
  })

  const say = (namespace: 'told.happened' | 'told.why', { code, facts }: Said): string | null => {
    const key = `${namespace}.${code}`
    return t.has(key as never) ? t(key as never, valuesOf(facts) as never) : null
  }
  const said = ({ code, facts }: Pick<Sentence, 'code' | 'facts'>): Said => ({ code, facts: facts as Facts })
  return {
    happened: (sentence: Pick<Sentence, 'code' | 'facts'>) => say('told.happened', said(sentence)),
    why: (sentence: Pick<Sentence, 'code' | 'facts'>) => say('told.why', said(sentence)),
  }
}
