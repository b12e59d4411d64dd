'use client'
import { Upload } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { uploadFile } from '@/features/datasets/upload-file'
import { CreateUploadDocument, RegisterDatasetDocument } from '@/gql/graphql'
import { useQuantities } from '@/i18n/use-quantities'
import { newIdempotencyKey, useChange } from '@/session/use-document'
import { Button } from '@/ui/button'
import { Dialog } from '@/ui/dialog'
import { TextField } from '@/ui/field'
import { ProgressBar } from '@/ui/progress'

class Refused extends Error {}

const accepted = <Answer extends { __typename: string }>(answer: Answer) => {
  if (answer.__typename === 'UserError') throw new Refused((answer as unknown as { message: string }).message)
  return answer as Exclude<Answer, { __typename: 'UserError' }>
}

/** Sends a tar of pictures and registers it as a dataset. */
export function NewDataset() {
  const t = useTranslations('newDataset')
  const [open, setOpen] = useState(false)
  const [file, setFile] = useState<File | null>(null)
  const [name, setName] = useState('')
  const [attribution, setAttribution] = useState('')
  const [imageSize, setImageSize] = useState('32')
  const [sent, setSent] = useState<number | null | undefined>(undefined)
  const [error, setError] = useState<string | null>(null)
  const createUpload = useChange(CreateUploadDocument)
  const register = useChange(RegisterDatasetDocument)

  const send = async (chosen: File) => {
    setError(null)
    try {
      const ask = async (input: { digest: string; sizeBytes: number }) =>
        accepted((await createUpload.mutateAsync({ input })).createUpload).url
      const uploadDigest = await uploadFile(chosen, ask, setSent)
      const input = {
        idempotencyKey: newIdempotencyKey(),
        name,
        attribution,
        uploadDigest,
        imageSize: Number(imageSize),
      }
      accepted((await register.mutateAsync({ input })).registerDataset)
      setOpen(false)
    } catch (problem) {
      setError(problem instanceof Refused ? problem.message : t('broken'))
    }
    setSent(undefined)
  }
  return (
    <Dialog
      trigger={
        <Button tone="primary">
          <Upload aria-hidden />
          {t('add')}
        </Button>
      }
      title={t('add')}
      description={t('note')}
      open={open}
      onOpenChange={setOpen}
    >
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (file !== null) void send(file)
        }}
      >
        <TextField
          label={t('file')}
          type="file"
          accept=".tar"
          required
          onChange={(event) => setFile(event.target.files?.[0] ?? null)}
        />
        <TextField
          label={t('name')}
          hint={t('nameHint')}
          required
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <TextField
          label={t('attribution')}
          value={attribution}
          onChange={(event) => setAttribution(event.target.value)}
        />
        <TextField
          label={t('imageSize')}
          type="number"
          min={8}
          max={512}
          required
          value={imageSize}
          onChange={(event) => setImageSize(event.target.value)}
        />
        {sent === undefined || file === null ? null : <Sent sent={sent} of={file.size} />}
        {error ? (
          <p role="alert" className="rounded-md bg-danger-well px-3 py-2 text-sm text-danger">
            {error}
          </p>
        ) : null}
        <Button type="submit" tone="primary" className="justify-self-end" disabled={sent !== undefined}>
          {t('start')}
        </Button>
      </form>
    </Dialog>
  )
}

function Sent({ sent, of }: { sent: number | null; of: number }) {
  const t = useTranslations('newDataset')
  const { bytes } = useQuantities()
  const text = sent === null ? t('hashing') : t('sending', { sent: bytes(sent), total: bytes(of) })
  return <ProgressBar fraction={(sent ?? 0) / of} label={t('progress')} text={text} />
}
