'use client'
import { CircleCheck, CircleX } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { FindingForm } from '@/features/review/finding-form'
import { SignOffForm } from '@/features/review/sign-off-form'
import type { RequestDetailFragment } from '@/gql/graphql'
import { Badge } from '@/ui/badge'
import { Card } from '@/ui/card'
import { Moment } from '@/ui/moment'
import { TextLink } from '@/ui/text-link'

/** What external auditors put on record about a request; auditors can add to it. */
export function ExternalReview({ request }: { request: RequestDetailFragment }) {
  const t = useTranslations('review')
  const mayFind = request.allowedActions.includes('recordFinding')
  const maySign = request.allowedActions.includes('signOffErasure')
  const isEmpty = request.findings.length === 0 && request.signOffs.length === 0
  if (isEmpty && !mayFind) return null
  return (
    <Card
      title={t('title')}
      note={t('note')}
      action={
        <div className="flex flex-wrap gap-2">
          {mayFind ? <FindingForm requestId={request.id} /> : null}
          {maySign ? <SignOffForm request={request} /> : null}
        </div>
      }
    >
      {isEmpty ? <p className="text-sm text-ink-2">{t('none')}</p> : null}
      <ul className="grid gap-3 text-sm">
        {request.findings.map((finding) => (
          <li key={finding.number} className="grid gap-1">
            <span className="flex flex-wrap items-center gap-2">
              <TextLink href={`/evidence/${finding.evidenceSeq}`}>{t('finding', { number: finding.number })}</TextLink>
              <Badge tone={finding.severity === 'note' ? 'neutral' : 'warn'}>{t(`severity.${finding.severity}`)}</Badge>
              <span className="text-xs text-ink-2">
                <Moment at={finding.at} />
              </span>
            </span>
            <span className="break-words whitespace-pre-line">{finding.statement}</span>
          </li>
        ))}
        {request.signOffs.map((signOff) => (
          <li key={signOff.evidenceSeq} className="flex flex-wrap items-center gap-2">
            <Badge
              tone={signOff.outcome === 'accepted' ? 'pass' : 'danger'}
              icon={signOff.outcome === 'accepted' ? CircleCheck : CircleX}
            >
              {t(`outcome.${signOff.outcome}`)}
            </Badge>
            <TextLink href={`/evidence/${signOff.evidenceSeq}`}>
              {t('signOffEntry', { seq: signOff.evidenceSeq })}
            </TextLink>
            <span className="text-xs text-ink-2">
              <Moment at={signOff.at} />
            </span>
          </li>
        ))}
      </ul>
    </Card>
  )
}
