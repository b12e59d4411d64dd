'use client'
import { Mail } from 'lucide-react'
import { useLocale, useTranslations } from 'next-intl'
import { useState } from 'react'
import { useStep } from '@/features/erasure/use-step'
import {
  CancelIdentityChallengeDocument,
  SendIdentityChallengeDocument,
  type IdentityChallengeState,
  type MailLocale,
  type RequestDetailFragment,
} from '@/gql/graphql'
import { Badge, type BadgeTone } from '@/ui/badge'
import { Button } from '@/ui/button'
import { Card, Facts } from '@/ui/card'
import { Confirm } from '@/ui/dialog'
import { SelectField, TextArea, TextField } from '@/ui/field'
import { Moment } from '@/ui/moment'

const tones: Record<IdentityChallengeState, BadgeTone> = {
  PENDING: 'open',
  CONFIRMED: 'pass',
  DECLINED: 'danger',
  EXPIRED: 'neutral',
  CANCELLED: 'neutral',
  UNSENT: 'danger',
}

const mailLocales: readonly MailLocale[] = ['en', 'ja']

/** The newest link that was mailed to the person, and what became of it. */
export function IdentityChallengeCard({ request }: { request: RequestDetailFragment }) {
  const t = useTranslations('identity.challenge')
  const challenge = request.identityChallenge
  if (!challenge) return null
  const maySend = request.allowedActions.includes('sendIdentityChallenge')
  return (
    <Card
      title={t('title')}
      action={
        <Badge tone={tones[challenge.state]} icon={Mail}>
          {t(`state.${challenge.state}`)}
        </Badge>
      }
    >
      <p className="mb-3 text-sm" data-testid="identity-challenge">
        {t(`answer.${challenge.state}`)}
      </p>
      <Facts
        rows={[
          [t('sentBy'), challenge.sentBy],
          [t('sentAt'), <Moment key="sent" at={challenge.sentAt} />],
          [
            t(challenge.settledAt ? 'settledAt' : 'until'),
            <Moment key="end" at={challenge.settledAt ?? challenge.expiresAt} />,
          ],
        ]}
      />
      {maySend && challenge.state === 'PENDING' ? (
        <div className="mt-4">
          <CancelChallenge request={request} />
        </div>
      ) : null}
    </Card>
  )
}

/** Mails a link, or mails another one in its place. */
export function SendIdentityChallenge({ request }: { request: RequestDetailFragment }) {
  const t = useTranslations('identity')
  const { act, error, isPending } = useStep(SendIdentityChallengeDocument)
  const [email, setEmail] = useState('')
  const [locale, setLocale] = useState<MailLocale>(useLocale() === 'ja' ? 'ja' : 'en')
  const [reason, setReason] = useState('')
  const [inDoubt, setInDoubt] = useState(false)
  const label = t(request.identityChallenge?.state === 'PENDING' ? 'challenge.resend' : 'challenge.send')
  const send = async () => {
    const isSent = await act({ erasureRequestId: request.id, email: email.trim(), locale, reason, inDoubt })
    // The address is for this one mail.
    if (isSent) setEmail('')
    return isSent
  }
  return (
    <Confirm
      trigger={<Button>{label}</Button>}
      title={t('challenge.question', { number: request.number })}
      consequence={t('challenge.consequence')}
      confirm={label}
      pending={isPending}
      disabled={!email.includes('@')}
      error={error}
      onConfirm={send}
    >
      <TextField
        label={t('challenge.email')}
        hint={t('challenge.emailHint')}
        type="email"
        autoComplete="off"
        required
        value={email}
        onChange={(event) => setEmail(event.target.value)}
      />
      <SelectField
        label={t('challenge.language')}
        value={locale}
        onChange={(event) => setLocale(event.target.value as MailLocale)}
      >
        {mailLocales.map((each) => (
          <option key={each} value={each}>
            {t(`challenge.languages.${each}`)}
          </option>
        ))}
      </SelectField>
      <TextArea
        label={t('challenge.reason')}
        hint={t('wordsStay')}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
      <label className="flex items-start gap-2 text-sm">
        <input
          type="checkbox"
          className="mt-1"
          checked={inDoubt}
          onChange={(event) => setInDoubt(event.target.checked)}
        />
        {t('inDoubt')}
      </label>
    </Confirm>
  )
}

function CancelChallenge({ request }: { request: RequestDetailFragment }) {
  const t = useTranslations('identity.challenge')
  const { act, error, isPending } = useStep(CancelIdentityChallengeDocument)
  return (
    <Confirm
      trigger={<Button>{t('cancel')}</Button>}
      title={t('cancelQuestion', { number: request.number })}
      consequence={t('cancelConsequence')}
      confirm={t('cancel')}
      pending={isPending}
      error={error}
      onConfirm={() => act({ erasureRequestId: request.id })}
    />
  )
}
