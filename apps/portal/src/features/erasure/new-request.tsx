'use client'
import { useTranslations } from 'next-intl'
import { useRouter } from 'next/navigation'
import { useState, type FormEvent } from 'react'
import { ErasurePreview } from '@/features/erasure/erasure-preview'
import { FileSearch } from '@/features/erasure/file-search'
import { ImportCard } from '@/features/erasure/import-card'
import { readContentIds } from '@/features/erasure/read-content-ids'
import { PreviewErasureDocument, RequestErasureDocument, type ErasureSelection } from '@/gql/graphql'
import { newIdempotencyKey, useChange, useDocument } from '@/session/use-document'
import { useViewer } from '@/session/viewer-context'
import { Button } from '@/ui/button'
import { Card } from '@/ui/card'
import { Confirm } from '@/ui/dialog'
import { SelectField, TextArea, TextField } from '@/ui/field'
import { Page } from '@/ui/page'
import { Empty, ErrorState, Loading } from '@/ui/states'
import { TextLink } from '@/ui/text-link'

const grounds = [
  'consent-withdrawn',
  'no-longer-needed',
  'objection',
  'unlawful',
  'legal-obligation',
  'contract',
] as const

export function NewRequest() {
  const t = useTranslations()
  const viewer = useViewer()
  const [selection, setSelection] = useState<ErasureSelection | null>(null)
  // Invited without a key, or by single sign-on: whatever they look for, nothing is theirs.
  const isUnknown = viewer.role === 'data_owner' && viewer.subjectKey == null
  return (
    <Page
      trail={<TextLink href="/requests">{t('nav.requests')}</TextLink>}
      title={t('erasure.new')}
      answer={t('newRequest.answer')}
    >
      <Card title={t('newRequest.find')} note={t('newRequest.findNote')}>
        {isUnknown ? (
          <Empty title={t('newRequest.noKey')}>{t('newRequest.noKeyNote')}</Empty>
        ) : (
          <SelectionForm onFind={setSelection} ownKey={viewer.subjectKey ?? null} />
        )}
      </Card>
      {selection ? <Found selection={selection} /> : null}
      {viewer.role === 'data_owner' ? null : <ImportCard />}
    </Page>
  )
}

const textOf = (form: FormData, name: string): string => {
  const value = form.get(name)
  return typeof value === 'string' ? value : ''
}

interface SelectionFormProps {
  onFind: (selection: ErasureSelection) => void
  /** Of a data owner, who looks for nobody else's pictures. */
  ownKey: string | null
}

function SelectionForm({ onFind, ownKey }: SelectionFormProps) {
  const t = useTranslations('newRequest')
  const [by, setBy] = useState<'subjectKey' | 'contentIds' | 'files'>('subjectKey')
  const [error, setError] = useState<string | null>(null)
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    setError(null)
    if (by === 'subjectKey') return onFind({ subjectKey: textOf(form, 'subjectKey').trim() })
    const read = readContentIds(textOf(form, 'contentIds'))
    if (!read.ok) return setError(t(`problem.${read.problem}`, { example: read.example }))
    onFind({ contentIds: read.contentIds })
  }
  const choice = (
    <SelectField
      label={t('by')}
      value={by}
      onChange={(event) => setBy(event.target.value as typeof by)}
      className="max-w-sm"
    >
      <option value="subjectKey">{t(ownKey === null ? 'bySubject' : 'mySubject')}</option>
      <option value="contentIds">{t('byContent')}</option>
      <option value="files">{t('byFiles')}</option>
    </SelectField>
  )
  if (by === 'files')
    return (
      <div className="grid gap-4">
        {choice}
        <FileSearch onFind={onFind} />
      </div>
    )
  return (
    <form onSubmit={submit} className="grid max-w-2xl gap-4">
      {choice}
      {by === 'subjectKey' ? (
        <TextField
          key="subject"
          label={t('subjectKey')}
          hint={t(ownKey === null ? 'subjectHint' : 'mySubjectHint')}
          name="subjectKey"
          {...(ownKey === null ? {} : { value: ownKey, readOnly: true })}
          required
          maxLength={200}
          autoComplete="off"
          spellCheck={false}
          className="max-w-sm"
        />
      ) : (
        <TextArea
          key="content"
          label={t('contentIds')}
          hint={t('contentHint')}
          error={error}
          name="contentIds"
          required
          spellCheck={false}
          rows={6}
          className="font-mono text-xs"
        />
      )}
      <div>
        <Button type="submit" tone="primary">
          {t('findButton')}
        </Button>
      </div>
    </form>
  )
}

function Found({ selection }: { selection: ErasureSelection }) {
  const t = useTranslations()
  const { data, error, isPending, refetch } = useDocument(PreviewErasureDocument, { selection })
  if (error) return <ErrorState error={error} retry={() => void refetch()} />
  if (isPending) {
    return (
      <Card title={t('newRequest.found')}>
        <Loading />
      </Card>
    )
  }
  return (
    <>
      <ErasurePreview preview={data.previewErasure} />
      {data.previewErasure.forgetCount > 0 ? (
        <RaiseRequest
          key={JSON.stringify(selection)}
          selection={selection}
          pictures={data.previewErasure.forgetCount}
        />
      ) : null}
    </>
  )
}

function RaiseRequest({ selection, pictures }: { selection: ErasureSelection; pictures: number }) {
  const t = useTranslations('newRequest')
  const router = useRouter()
  const [ground, setGround] = useState<(typeof grounds)[number]>('consent-withdrawn')
  const [receivedAt, setReceivedAt] = useState('')
  const [error, setError] = useState<string | null>(null)
  const [idempotencyKey] = useState(newIdempotencyKey)
  const change = useChange(RequestErasureDocument)

  const raise = async (): Promise<boolean> => {
    setError(null)
    const received = receivedAt ? { receivedAt: new Date(receivedAt).toISOString() } : {}
    try {
      const { requestErasure } = await change.mutateAsync({
        input: { idempotencyKey, selection, ground: t(`ground.${ground}`), ...received },
      })
      if (requestErasure.__typename === 'ErasureRequest')
        router.push(`/requests/${encodeURIComponent(requestErasure.id)}`)
      else setError(requestErasure.message)
      return requestErasure.__typename === 'ErasureRequest'
    } catch (problem) {
      setError(problem instanceof Error ? problem.message : String(problem))
      return false
    }
  }

  return (
    <Card title={t('right')} note={t('rightNote')}>
      <div className="grid max-w-2xl gap-4">
        <SelectField
          label={t('groundLabel')}
          value={ground}
          onChange={(event) => setGround(event.target.value as typeof ground)}
        >
          {grounds.map((code) => (
            <option key={code} value={code}>
              {t(`ground.${code}`)}
            </option>
          ))}
        </SelectField>
        <TextField
          label={t('receivedAt')}
          hint={t('receivedHint')}
          type="datetime-local"
          value={receivedAt}
          onChange={(event) => setReceivedAt(event.target.value)}
          className="max-w-xs"
        />
        <div>
          <Confirm
            trigger={<Button tone="primary">{t('raise')}</Button>}
            title={t('raiseTitle')}
            consequence={t('raiseConsequence', { pictures })}
            confirm={t('raise')}
            pending={change.isPending}
            error={error}
            onConfirm={raise}
          />
        </div>
      </div>
    </Card>
  )
}
