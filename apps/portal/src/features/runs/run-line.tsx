'use client'
import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { RunState } from '@/features/runs/run-state'
import type { RunSummaryFragment } from '@/gql/graphql'
import { useQuantities } from '@/i18n/use-quantities'
import { ProgressBar } from '@/ui/progress'

/** "Unlearning with Alignment Calibration" and the like. */
export function useRunTitle(): (run: Pick<RunSummaryFragment, 'kind' | 'method'>) => string {
  const t = useTranslations()
  return ({ kind, method }) =>
    method && kind !== 'audit'
      ? t('run.titleWith', { kind: t(`run.kind.${kind}`), method: methodName(t, method) })
      : t(`run.kind.${kind}`)
}

/** The translated name of a method that is known, else its own. */
export function methodName(t: { (key: string): string; has: (key: string) => boolean }, method: string): string {
  return t.has(`method.${method}`) ? t(`method.${method}`) : method
}

/** Where a run is: "epoch 4 of 10 · about 40 s left · 412 pictures/s". */
export function useProgressText(): (
  progress: NonNullable<RunSummaryFragment['progress']>,
  separator?: string,
) => string {
  const t = useTranslations('run')
  const { duration, number, percent } = useQuantities()
  return (progress, separator = ' · ') =>
    [
      progress.epoch != null && progress.epochs != null
        ? t('epoch', { epoch: progress.epoch, epochs: progress.epochs })
        : percent(progress.fraction),
      progress.etaSeconds != null ? t('left', { duration: duration(progress.etaSeconds) }) : null,
      progress.samplesPerSecond != null ? t('rate', { rate: number(progress.samplesPerSecond) }) : null,
      progress.loss != null ? t('lossIs', { loss: number(progress.loss, 3) }) : null,
    ]
      .filter(Boolean)
      .join(separator)
}

/** One run with its bar, for lists of what is going on. */
export function RunLine({ run }: { run: RunSummaryFragment }) {
  const t = useTranslations('run')
  const title = useRunTitle()
  const progressText = useProgressText()
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <Link
          href={`/runs/${encodeURIComponent(run.id)}`}
          className="text-sm font-medium underline decoration-line-strong underline-offset-4 hover:decoration-current"
        >
          {title(run)}
        </Link>
        <RunState state={run.state} />
      </div>
      {run.state === 'QUEUED' ? (
        <p className="text-xs text-ink-2">
          {run.queuePosition == null ? t('queued') : t('queuedAt', { position: run.queuePosition })}
        </p>
      ) : null}
      {run.state === 'RUNNING' && run.progress ? (
        <ProgressBar fraction={run.progress.fraction} label={title(run)} text={progressText(run.progress)} />
      ) : null}
    </div>
  )
}
