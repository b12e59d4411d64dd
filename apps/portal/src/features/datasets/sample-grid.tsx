'use client'
import { Copy } from 'lucide-react'
import { useTranslations } from 'next-intl'
import type { SampleTileFragment } from '@/gql/graphql'

/** Pictures with their names; a picture that resembles another says so in words. */
export function SampleGrid({ samples }: { samples: readonly SampleTileFragment[] }) {
  const t = useTranslations('dataset')
  return (
    <ul className="grid grid-cols-[repeat(auto-fill,minmax(6rem,1fr))] gap-3">
      {samples.map((sample) => (
        <li key={`${sample.index}-${sample.contentId}`} className="min-w-0 text-xs">
          <img
            src={`/api${sample.thumbnailPath}`}
            alt={sample.label}
            width={96}
            height={96}
            loading="lazy"
            className="aspect-square w-full rounded border bg-well object-contain [image-rendering:pixelated]"
          />
          <p className="mt-1 truncate font-medium" title={sample.label}>
            {sample.label}
          </p>
          <p className="truncate text-ink-2" title={sample.owner.subjectKey}>
            {sample.owner.subjectKey}
          </p>
          <p className="truncate text-ink-2">{t(`split.${sample.split}`)}</p>
          {sample.nearDuplicateOf ? (
            <p className="mt-0.5 flex items-center gap-1 text-warn">
              <Copy aria-hidden className="size-3 shrink-0" />
              {t('nearDuplicate')}
            </p>
          ) : null}
        </li>
      ))}
    </ul>
  )
}
