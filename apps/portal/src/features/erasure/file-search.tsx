'use client'
import { useTranslations } from 'next-intl'
import { useState, type ChangeEvent } from 'react'
import { readFile } from '@/features/erasure/read-files'
import { FindSamplesDocument, type ErasureSelection, type FindSamplesQuery } from '@/gql/graphql'
import { request } from '@/session/request'
import { Button } from '@/ui/button'
import { TextField } from '@/ui/field'
import { Loading } from '@/ui/states'

type Match = FindSamplesQuery['findSamples']['matches'][number]

/** The gateway looks for so many files at once. */
const atOnce = 100
const mostFiles = 1000

interface Found {
  matches: { match: Match; name: string }[]
  unsearched: number
}

async function search(files: readonly File[]): Promise<Found> {
  const found: Found = { matches: [], unsearched: 0 }
  for (let from = 0; from < files.length; from += atOnce) {
    const part = files.slice(from, from + atOnce)
    const { findSamples } = await request(FindSamplesDocument, { files: await Promise.all(part.map(readFile)) })
    found.unsearched = Math.max(found.unsearched, findSamples.unsearchedVersions)
    found.matches.push(...findSamples.matches.map((match, place) => ({ match, name: part[place]?.name ?? '' })))
  }
  return found
}

/** Files are hashed where they are. Very bytes are found; what looks alike is proposed, and taken only when ticked. */
export function FileSearch({ onFind }: { onFind: (selection: ErasureSelection) => void }) {
  const t = useTranslations('newRequest.files')
  const [found, setFound] = useState<Found | null>(null)
  const [error, setError] = useState<string | null>(null)
  const [pending, setPending] = useState(false)
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set())

  const choose = async (event: ChangeEvent<HTMLInputElement>) => {
    const files = [...(event.target.files ?? [])]
    setFound(null)
    setTicked(new Set())
    setError(files.length > mostFiles ? t('tooMany', { most: mostFiles }) : null)
    if (files.length === 0 || files.length > mostFiles) return
    setPending(true)
    try {
      setFound(await search(files))
    } catch (problem) {
      setError(problem instanceof Error ? problem.message : String(problem))
    } finally {
      setPending(false)
    }
  }
  const toggle = (contentId: string) => {
    const next = new Set(ticked)
    if (!next.delete(contentId)) next.add(contentId)
    setTicked(next)
  }
  const exact = found?.matches.flatMap(({ match }) => (match.sample ? [match.contentId] : [])) ?? []
  const chosen = [...new Set([...exact, ...ticked])]
  return (
    <div className="grid max-w-2xl gap-4">
      <TextField
        label={t('label')}
        hint={t('hint')}
        error={error}
        type="file"
        multiple
        accept="image/*"
        onChange={(event) => void choose(event)}
      />
      {pending ? <Loading /> : null}
      {found ? (
        <>
          <p className="text-sm font-medium" data-testid="file-search" aria-live="polite">
            {t('found', { exact: exact.length, files: found.matches.length })}
          </p>
          {found.unsearched > 0 ? (
            <p className="text-xs text-ink-2">{t('unsearched', { count: found.unsearched })}</p>
          ) : null}
          <Matches found={found} ticked={ticked} onToggle={toggle} />
          <div>
            <Button tone="primary" disabled={chosen.length === 0} onClick={() => onFind({ contentIds: chosen })}>
              {t('use', { count: chosen.length })}
            </Button>
          </div>
        </>
      ) : null}
    </div>
  )
}

function Matches({
  found,
  ticked,
  onToggle,
}: {
  found: Found
  ticked: ReadonlySet<string>
  onToggle: (contentId: string) => void
}) {
  const t = useTranslations('newRequest.files')
  return (
    <ul className="grid gap-3 text-sm">
      {found.matches.map(({ match, name }, place) => (
        <li key={place} className="grid gap-2 border-b pb-3 last:border-b-0">
          <span>
            <span className="font-medium break-all">{name}</span>{' '}
            <span className="text-ink-2">
              {t(match.sample ? 'exact' : match.lookalikes.length > 0 ? 'alike' : 'none')}
            </span>
          </span>
          {match.lookalikes.map((sample) => (
            <label key={sample.contentId} className="flex items-center gap-3 pl-4">
              <input
                type="checkbox"
                checked={ticked.has(sample.contentId)}
                onChange={() => onToggle(sample.contentId)}
              />
              <img
                src={`/api${sample.thumbnailPath}`}
                alt=""
                width={40}
                height={40}
                className="size-10 rounded border bg-well object-contain"
              />
              <span>{t('include', { label: sample.label })}</span>
            </label>
          ))}
        </li>
      ))}
    </ul>
  )
}
