'use client'
import { useTranslations } from 'next-intl'
import { BundleLine } from '@/features/bundles/bundle-line'
import { EvidenceBundlesDocument } from '@/gql/graphql'
import { useConnection } from '@/session/use-document'
import { Card } from '@/ui/card'
import { ListBody } from '@/ui/list-body'
import { MoreRows } from '@/ui/more-rows'
import { Empty } from '@/ui/states'
import { TextLink } from '@/ui/text-link'

/** Every bundle that was made of any request, newest first. */
export function Bundles() {
  const t = useTranslations()
  const list = useConnection(EvidenceBundlesDocument, { first: 20 }, (result) => result.evidenceBundles)
  return (
    <Card title={t('bundle.titleAll')} note={t('bundle.noteAll')} flush>
      <ListBody list={list} empty={<Empty title={t('bundle.noneAll')} />}>
        <ul className="divide-y border-t">
          {list.rows.map(({ erasureRequest, ...bundle }) => (
            <li key={bundle.id} className="grid gap-2 px-4 py-4 sm:px-5">
              <TextLink href={`/requests/${erasureRequest.id}`}>
                {t('erasure.request', { number: erasureRequest.number })}
              </TextLink>
              <BundleLine bundle={bundle} requestNumber={erasureRequest.number} />
            </li>
          ))}
        </ul>
        <MoreRows shown={list.rows.length} total={list.total} {...list.more} />
      </ListBody>
    </Card>
  )
}
