'use client'
import { CircleX } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { LossCurve } from '@/charts/loss-curve'
import { useProgressText, useRunTitle } from '@/features/runs/run-line'
import { isSettled, RunState } from '@/features/runs/run-state'
import { useRunProgress } from '@/features/runs/use-run-progress'
import { CancelRunDocument, RunDetailDocument, type RunDetailQuery } from '@/gql/graphql'
import { useQuantities } from '@/i18n/use-quantities'
import { useRefusal } from '@/i18n/use-refusal'
import { newIdempotencyKey, useChange, useDocument } from '@/session/use-document'
import { useMay } from '@/session/viewer-context'
import { Button } from '@/ui/button'
import { Card, Facts } from '@/ui/card'
import { Confirm } from '@/ui/dialog'
import { FailedPage } from '@/ui/failed-page'
import { LiveMark } from '@/ui/live-mark'
import { Moment } from '@/ui/moment'
import { NotHere } from '@/ui/not-here'
import { Page } from '@/ui/page'
import { ProgressBar } from '@/ui/progress'
import { LoadingPage } from '@/ui/states'
import { TextLink } from '@/ui/text-link'

type Run = NonNullable<RunDetailQuery['run']>

export function RunDetail({ id }: { id: string }) {
  const { data, error, refetch } = useDocument(RunDetailDocument, { id })
  if (error) return <FailedPage error={error} retry={() => void refetch()} />
  if (!data) return <LoadingPage />
  return data.run ? <Detail run={data.run} /> : <NotHere back="/runs" />
}

function Detail({ run }: { run: Run }) {
  const t = useTranslations()
  const refusal = useRefusal()
  const title = useRunTitle()
  const progressText = useProgressText()
  const mayCancel = useMay('run:cancel')
  const live = useRunProgress(run.id)
  const progress = live.latest?.progress ?? run.progress
  const answer =
    run.state === 'RUNNING' && progress
      ? t('run.answerRunning', {
          title: title(run),
          progress: progressText({ ...progress, loss: null, samplesPerSecond: null }, t('run.join')),
        })
      : run.state === 'QUEUED'
        ? run.queuePosition == null
          ? t('run.queued')
          : t('run.queuedAt', { position: run.queuePosition })
        : t(`run.answer.${run.state}`, { title: title(run) })
  return (
    <Page
      trail={<TextLink href="/runs">{t('nav.runs')}</TextLink>}
      title={title(run)}
      mark={
        <>
          <RunState state={run.state} />
          {isSettled(run.state) ? null : <LiveMark state={live.stream} />}
        </>
      }
      answer={answer}
      actions={mayCancel && !isSettled(run.state) ? <CancelRun run={run} /> : null}
    >
      {run.failure ? (
        <div className="rounded-lg border border-danger bg-danger-well px-4 py-3 text-sm sm:px-5">
          <p className="flex items-center gap-2 font-medium text-danger">
            <CircleX aria-hidden className="size-4" />
            {t('run.failed')}
          </p>
          <p className="mt-1">{refusal(run.failure)}</p>
          <p className="mt-1 font-mono text-xs text-ink-2">
            {[run.failure.code, run.failure.field].filter(Boolean).join(' · ')}
          </p>
        </div>
      ) : null}
      {progress && !isSettled(run.state) ? (
        <Card title={t('run.progress')}>
          <ProgressBar fraction={progress.fraction} label={title(run)} text={progressText(progress)} />
        </Card>
      ) : null}
      {run.kind === 'pretrain' || run.kind === 'unlearn' ? (
        <Card title={t('run.loss')} note={t('run.lossNote')}>
          <LossCurve points={live.losses} unit="percent" />
        </Card>
      ) : null}
      <RunFacts
        run={run}
        device={live.latest?.device ?? run.device ?? null}
        worker={live.latest?.worker ?? run.worker ?? null}
      />
    </Page>
  )
}

function RunFacts({ run, device, worker }: { run: Run; device: string | null; worker: string | null }) {
  const t = useTranslations()
  const { duration, bytes } = useQuantities()
  return (
    <Card title={t('run.about')}>
      <Facts
        columns={3}
        rows={[
          [t('run.column.device'), device ?? '–'],
          [t('run.worker'), worker ?? '–'],
          [t('run.attempt'), run.attempt],
          [t('run.column.queuedAt'), <Moment key="q" at={run.queuedAt} />],
          [t('run.startedAt'), run.startedAt ? <Moment key="s" at={run.startedAt} /> : '–'],
          [t('run.finishedAt'), run.finishedAt ? <Moment key="f" at={run.finishedAt} /> : '–'],
          ...(run.cost
            ? [
                [t('run.wall'), duration(run.cost.wallSeconds)] as const,
                [t('run.cpu'), duration(run.cost.cpuSeconds)] as const,
                [t('run.memory'), bytes(run.cost.peakMemoryBytes)] as const,
              ]
            : []),
          ...(run.modelVersion
            ? [
                [
                  t('run.column.version'),
                  <TextLink key="v" href={`/models/versions/${encodeURIComponent(run.modelVersion.id)}`}>
                    {t('model.versionOf', { name: run.modelVersion.model.name, number: run.modelVersion.number })}
                  </TextLink>,
                ] as const,
              ]
            : []),
          ...(run.erasureRequest
            ? [
                [
                  t('run.forRequest'),
                  <TextLink key="r" href={`/requests/${encodeURIComponent(run.erasureRequest.id)}`}>
                    {t('erasure.request', { number: run.erasureRequest.number })}
                  </TextLink>,
                ] as const,
              ]
            : []),
        ]}
      />
    </Card>
  )
}

function CancelRun({ run }: { run: Run }) {
  const t = useTranslations('run')
  const change = useChange(CancelRunDocument)
  const [error, setError] = useState<string | null>(null)
  const [idempotencyKey] = useState(newIdempotencyKey)
  if (run.cancelRequested) return <Button disabled>{t('cancelling')}</Button>
  const cancel = async (): Promise<boolean> => {
    setError(null)
    try {
      const { cancelRun } = await change.mutateAsync({ input: { idempotencyKey, runId: run.id } })
      if (cancelRun.__typename === 'Run') return true
      setError(cancelRun.message)
    } catch (problem) {
      setError(problem instanceof Error ? problem.message : String(problem))
    }
    return false
  }
  return (
    <Confirm
      trigger={<Button tone="danger">{t('cancel')}</Button>}
      title={t('cancelTitle')}
      consequence={t('cancelConsequence')}
      confirm={t('cancel')}
      tone="danger"
      pending={change.isPending}
      error={error}
      onConfirm={cancel}
    />
  )
}
