'use client'
import { useTranslations } from 'next-intl'
import { RegisterProvider } from '@/features/sso/register-provider'
import { SsoProviderLine } from '@/features/sso/sso-provider-line'
import { SsoProvidersDocument } from '@/gql/graphql'
import { useConnection } from '@/session/use-document'
import { Card } from '@/ui/card'
import { ListBody } from '@/ui/list-body'
import { MoreRows } from '@/ui/more-rows'
import { Page } from '@/ui/page'
import { Empty } from '@/ui/states'
import { TextLink } from '@/ui/text-link'
import { useListAnswer } from '@/ui/use-list-answer'

export function SsoProviders() {
  const t = useTranslations()
  const listAnswer = useListAnswer()
  const list = useConnection(SsoProvidersDocument, {}, (result) => result.ssoProviders)
  const verified = list.rows.filter(({ domainVerifiedAt }) => domainVerifiedAt != null).length
  return (
    <Page
      title={t('sso.title')}
      trail={<TextLink href="/settings">{t('nav.settings')}</TextLink>}
      answer={listAnswer(list, t('sso.answer', { verified, total: list.total }))}
    >
      <Card title={t('sso.providers')} note={t('sso.note')} flush>
        <ListBody list={list} empty={<Empty title={t('sso.none')} />}>
          <ul className="divide-y border-t">
            {list.rows.map((provider) => (
              <SsoProviderLine key={provider.id} provider={provider} />
            ))}
          </ul>
          <MoreRows shown={list.rows.length} total={list.total} {...list.more} />
        </ListBody>
      </Card>
      <RegisterProvider />
    </Page>
  )
}
