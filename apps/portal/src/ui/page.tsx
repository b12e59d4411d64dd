import { useTimeZone, useTranslations } from 'next-intl'
import type { ReactNode } from 'react'

interface PageProps {
  /** What this is, in a few words: the page's heading, and what the browser calls it. */
  title: string
  /** The sentence that answers the screen's question. */
  answer: ReactNode
  /** What stands beside the answer, such as a verdict or a state. */
  mark?: ReactNode
  actions?: ReactNode
  trail?: ReactNode
  children: ReactNode
}

/** Every screen: where we are, the answer, then the data, and of which time zone its dates are. */
export function Page({ title, answer, mark, actions, trail, children }: PageProps) {
  const t = useTranslations('states')
  const zone = useTimeZone() ?? 'UTC'
  return (
    <div className="mx-auto w-full max-w-[76rem] px-4 pt-5 pb-12 sm:px-8 sm:pt-8">
      <title>{`${title} · Lethe`}</title>
      {trail ? (
        <div className="mb-2 text-sm text-ink-2" data-print="hide">
          {trail}
        </div>
      ) : null}
      <div className="mb-7 flex flex-wrap items-end justify-between gap-x-8 gap-y-4">
        <div className="min-w-0 flex-[1_1_24rem]">
          <div className="mb-2 flex flex-wrap items-center gap-x-3 gap-y-1">
            <h1 className="text-sm font-medium text-ink-2">{title}</h1>
            {mark}
          </div>
          <p className="answer" data-testid="answer">
            {answer}
          </p>
        </div>
        {actions ? (
          <div className="flex flex-wrap gap-2" data-print="hide">
            {actions}
          </div>
        ) : null}
      </div>
      <div className="grid min-w-0 gap-5">{children}</div>
      <p className="mt-6 text-xs text-ink-3">{t('zone', { zone })}</p>
    </div>
  )
}
