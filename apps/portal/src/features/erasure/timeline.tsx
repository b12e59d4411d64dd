'use client'
import { useTranslations } from 'next-intl'
import { useTold } from '@/features/erasure/use-told'
import { kindKey } from '@/features/evidence/kinds'
import type { RequestDetailFragment } from '@/gql/graphql'
import { useMay } from '@/session/viewer-context'
import { Card } from '@/ui/card'
import { Moment } from '@/ui/moment'
import { TextLink } from '@/ui/text-link'

/** From receipt on: what happened, when, and the entry of the log that proves it. */
export function Timeline({ entries, requestId }: { entries: RequestDetailFragment['timeline']; requestId: string }) {
  const t = useTranslations('erasure')
  const kinds = useTranslations('evidence.kind')
  const mayRead = useMay('evidence:read')
  return (
    <Card
      title={t('timeline')}
      note={t('timelineNote')}
      action={
        mayRead ? (
          <TextLink href={`/evidence?request=${encodeURIComponent(requestId)}`} className="text-sm">
            {t('allEvidence')}
          </TextLink>
        ) : null
      }
    >
      <ol
        className="relative ml-1.5 grid gap-5 border-l pl-5"
        aria-live="polite"
        aria-relevant="additions"
        data-testid="timeline"
      >
        {entries.map((entry) => (
          <li key={entry.evidenceSeq} className="relative">
            <span
              aria-hidden
              className="absolute top-1.5 -left-[1.575rem] size-2.5 rounded-full border-2 border-accent bg-sheet"
            />
            <p className="flex flex-wrap items-baseline gap-x-3 text-sm">
              <span className="font-medium">
                {kinds.has(kindKey(entry.kind)) ? kinds(kindKey(entry.kind)) : entry.kind}
              </span>
              <span className="text-xs text-ink-2">
                <Moment at={entry.at} />
                {entry.by ? ` · ${entry.by}` : null}
              </span>
            </p>
            <p className="mt-0.5 text-sm text-ink-2">
              <TimelineSentence entry={entry} />{' '}
              {mayRead ? (
                <TextLink href={`/evidence/${entry.evidenceSeq}`} className="text-xs whitespace-nowrap">
                  {t('entry', { seq: entry.evidenceSeq })}
                </TextLink>
              ) : (
                <span className="text-xs whitespace-nowrap">{t('entry', { seq: entry.evidenceSeq })}</span>
              )}
            </p>
            {entry.reason ? <p className="mt-0.5 border-l-2 pl-2 text-sm text-ink-2">{entry.reason}</p> : null}
          </li>
        ))}
      </ol>
    </Card>
  )
}

/** In the reader's language; in the gateway's English where this portal does not know the sentence yet. */
function TimelineSentence({ entry }: { entry: RequestDetailFragment['timeline'][number] }) {
  const { happened } = useTold()
  const sentence = entry.sentence ? happened(entry.sentence) : null
  return sentence === null ? <span lang="en">{entry.summary}</span> : <span>{sentence}</span>
}
