'use client'
import { useQuery } from '@tanstack/react-query'
import { CircleCheck, CircleHelp, CircleX, LoaderCircle } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { EvidenceStatus } from '@/features/evidence/evidence-entries'
import { kindKey } from '@/features/evidence/kinds'
import { verifyEntry, type CheckOutcome, type EntryCheck } from '@/features/evidence/verify-entry'
import { EvidenceEntryDetailDocument, type EvidenceEntryDetailQuery } from '@/gql/graphql'
import { useDocument } from '@/session/use-document'
import { Card, Facts } from '@/ui/card'
import { CodeBlock } from '@/ui/code-block'
import { CopyableId } from '@/ui/copyable-id'
import { FailedPage } from '@/ui/failed-page'
import { Moment } from '@/ui/moment'
import { NotHere } from '@/ui/not-here'
import { Page } from '@/ui/page'
import { LoadingPage } from '@/ui/states'
import { TextLink } from '@/ui/text-link'

type Entry = NonNullable<EvidenceEntryDetailQuery['evidenceEntry']>
type Log = EvidenceEntryDetailQuery['evidenceLog']

export function EvidenceEntry({ seq }: { seq: number }) {
  const { data, error, refetch } = useDocument(EvidenceEntryDetailDocument, { seq })
  if (error) return <FailedPage error={error} retry={() => void refetch()} />
  if (!data) return <LoadingPage />
  return data.evidenceEntry ? (
    <Detail entry={data.evidenceEntry} log={data.evidenceLog} />
  ) : (
    <NotHere back="/evidence" />
  )
}

const checks = ['leaf', 'inclusion', 'checkpoint', 'signature'] as const

function Detail({ entry, log }: { entry: Entry; log: Log }) {
  const t = useTranslations()
  const { data: check } = useEntryCheck(entry, log)
  const key = kindKey(entry.kind)
  const outcomes = check ? checks.map((name) => check[name]) : []
  const summary = !entry.inclusionProof
    ? 'pending'
    : !check
      ? 'checking'
      : outcomes.includes('failed')
        ? 'failed'
        : outcomes.includes('unsupported')
          ? 'partly'
          : 'passed'
  return (
    <Page
      trail={<TextLink href="/evidence">{t('nav.evidence')}</TextLink>}
      title={t('evidence.entry', { seq: entry.seq })}
      mark={<EvidenceStatus status={entry.status} />}
      answer={t(`evidence.entryAnswer.${summary}`, {
        kind: t.has(`evidence.kind.${key}`) ? t(`evidence.kind.${key}`) : entry.kind,
      })}
    >
      <Card title={t('evidence.proof')} note={t('evidence.proofNote')}>
        {entry.inclusionProof ? (
          <Checks check={check} />
        ) : (
          <p className="text-sm text-ink-2">{t('evidence.proofPending')}</p>
        )}
      </Card>
      <Card title={t('evidence.body')} note={t('evidence.bodyNote')}>
        <div className="grid gap-4">
          <CodeBlock label={t('evidence.readable')} code={readable(entry.body)} />
          <CodeBlock label={t('evidence.exact')} code={entry.body} wrap />
        </div>
      </Card>
      <ProofFacts entry={entry} />
    </Page>
  )
}

function useEntryCheck(entry: Entry, log: Log) {
  const proof = entry.inclusionProof
  return useQuery({
    queryKey: ['entry-check', entry, log],
    queryFn: () =>
      proof
        ? verifyEntry({
            body: entry.body,
            leafHash: entry.leafHash,
            origin: log.origin,
            verifierKey: log.verifierKey,
            proof,
          })
        : null,
    enabled: proof != null,
    staleTime: Infinity,
  })
}

function Checks({ check }: { check: EntryCheck | null | undefined }) {
  const t = useTranslations('evidence.check')
  return (
    <ul className="grid gap-3 text-sm" data-testid="proof" aria-live="polite">
      {checks.map((name) => (
        <li key={name} className="flex items-start gap-2.5" data-outcome={check?.[name] ?? 'checking'}>
          <Outcome outcome={check?.[name]} />
          <span>
            <span className="font-medium">{t(`${name}.name`)}</span>
            <span className="block text-ink-2">{t(check ? `${name}.${check[name]}` : 'checking')}</span>
          </span>
        </li>
      ))}
    </ul>
  )
}

function Outcome({ outcome }: { outcome: CheckOutcome | undefined }) {
  const t = useTranslations('evidence.outcome')
  const [Icon, ink] = (
    {
      passed: [CircleCheck, 'text-pass'],
      failed: [CircleX, 'text-danger'],
      unsupported: [CircleHelp, 'text-open'],
      checking: [LoaderCircle, 'text-ink-3'],
    } as const
  )[outcome ?? 'checking']
  return <Icon role="img" aria-label={t(outcome ?? 'checking')} className={`mt-0.5 size-4 shrink-0 ${ink}`} />
}

function ProofFacts({ entry }: { entry: Entry }) {
  const t = useTranslations('evidence')
  const proof = entry.inclusionProof
  return (
    <Card title={t('numbers')}>
      <Facts
        columns={2}
        rows={[
          [
            t('column.kind'),
            <code key="k" className="font-mono text-[0.8125rem]">
              {entry.kind}
            </code>,
          ],
          [t('column.at'), <Moment key="at" at={entry.createdAt} />],
          [t('column.leafHash'), <CopyableId key="leaf" value={entry.leafHash} whole />],
          ...(entry.erasureRequestId
            ? [
                [
                  t('ofRequest'),
                  <TextLink key="r" href={`/requests/${encodeURIComponent(entry.erasureRequestId)}`}>
                    {t('openRequest')}
                  </TextLink>,
                ] as const,
              ]
            : []),
          ...(proof
            ? [
                [t('leafIndex'), t('leafIndexValue', { index: proof.leafIndex, size: proof.treeSize })] as const,
                [t('root'), <CopyableId key="root" value={proof.checkpoint.root} whole />] as const,
                [
                  t('path', { count: proof.hashes.length }),
                  <ol key="path" className="grid gap-0.5 font-mono text-xs break-all text-ink-2">
                    {proof.hashes.map((hash) => (
                      <li key={hash}>{hash}</li>
                    ))}
                  </ol>,
                ] as const,
              ]
            : []),
        ]}
      />
      {proof ? (
        <div className="mt-4">
          <CodeBlock label={t('note')} code={proof.checkpoint.note} wrap />
        </div>
      ) : null}
    </Card>
  )
}

/** The same statement with line breaks; the exact bytes stand below it. */
function readable(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    return body
  }
}
