'use client'
import { TriangleAlert } from 'lucide-react'
import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import { SampleGrid } from '@/features/datasets/sample-grid'
import { VersionState } from '@/features/models/version-state'
import type { PreviewErasureQuery } from '@/gql/graphql'
import { useQuantities } from '@/i18n/use-quantities'
import { Card } from '@/ui/card'
import { CopyableId } from '@/ui/copyable-id'
import { TextLink } from '@/ui/text-link'

type Preview = PreviewErasureQuery['previewErasure']

/** What the API says where no number of pictures would be enough. */
const unreachable = 1_000_000

/** What was found and in which models, before anything is promised. */
export function ErasurePreview({ preview }: { preview: Preview }) {
  const t = useTranslations()
  const { number, percent } = useQuantities()
  const { auditPower: power } = preview
  const isStrong = preview.forgetCount >= power.requiredForgetSize
  const judged = isStrong ? 'powerEnough' : power.requiredForgetSize < unreachable ? 'powerWeak' : 'powerNone'
  return (
    <Card title={t('newRequest.found')}>
      <div className="grid gap-5" data-testid="preview" aria-live="polite">
        <p className="text-base font-medium">
          {t('newRequest.foundSentence', {
            pictures: preview.forgetCount,
            models: preview.affected.length,
            owner: preview.owner?.subjectKey ?? 'none',
          })}
        </p>
        {preview.affected.length > 0 ? (
          <ul className="grid gap-2 text-sm">
            {preview.affected.map(({ modelVersion, learnedCount }) => (
              <li key={modelVersion.id} className="flex flex-wrap items-center gap-x-3 gap-y-1">
                <TextLink href={`/models/versions/${encodeURIComponent(modelVersion.id)}`}>
                  {t('model.versionOf', { name: modelVersion.model.name, number: modelVersion.number })}
                </TextLink>
                <VersionState state={modelVersion.state} />
                <span className="text-ink-2">{t('newRequest.learned', { count: learnedCount })}</span>
              </li>
            ))}
          </ul>
        ) : null}
        {/* Where no model learned, nothing is audited. */}
        {preview.affected.length > 0 ? (
          <p className={isStrong ? 'text-sm' : 'rounded-md border border-warn bg-warn-well px-3 py-2 text-sm'}>
            {t(`newRequest.${judged}`, {
              forget: power.forgetCount,
              heldOut: power.heldOutCount,
              power: percent(power.power),
              margin: number(power.aucMargin, 2),
              required: power.requiredForgetSize,
            })}
          </p>
        ) : null}
        {preview.unknownContentIds.length > 0 ? (
          <Warning title={t('newRequest.unknown', { count: preview.unknownContentIds.length })}>
            <ul className="mt-2 grid gap-1">
              {preview.unknownContentIds.slice(0, 10).map((contentId) => (
                <li key={contentId}>
                  <CopyableId value={contentId} />
                </li>
              ))}
            </ul>
          </Warning>
        ) : null}
        {preview.nearDuplicatesOfOthers.length > 0 ? (
          <Warning title={t('newRequest.nearDuplicates', { count: preview.nearDuplicatesOfOthers.length })}>
            <p className="mt-1 mb-3 max-w-[70ch]">{t('newRequest.nearDuplicatesNote')}</p>
            <SampleGrid samples={preview.nearDuplicatesOfOthers.slice(0, 24)} />
          </Warning>
        ) : null}
      </div>
    </Card>
  )
}

function Warning({ title, children }: { title: ReactNode; children: ReactNode }) {
  return (
    <div className="rounded-md border border-warn px-3 py-3 text-sm">
      <p className="flex items-start gap-2 font-medium text-warn">
        <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
        {title}
      </p>
      {children}
    </div>
  )
}
