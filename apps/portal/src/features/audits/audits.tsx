'use client'
import { useTranslations } from 'next-intl'
import { AuditsTable } from '@/features/audits/audits-table'
import { AuditsDocument } from '@/gql/graphql'
import { useConnection } from '@/session/use-document'
import { Card } from '@/ui/card'
import { ListBody } from '@/ui/list-body'
import { MoreRows } from '@/ui/more-rows'
import { Page } from '@/ui/page'
import { Empty } from '@/ui/states'
import { useListAnswer } from '@/ui/use-list-answer'

export function Audits() {
  const t = useTranslations()
  const listAnswer = useListAnswer()
  const list = useConnection(AuditsDocument, { first: 25 }, (result) => result.audits)
  const passed = list.rows.filter(({ verdict }) => verdict === 'PASS').length
  return (
    <Page
      title={t('nav.audits')}
      answer={listAnswer(list, t('audit.listAnswer', { total: list.total, shown: list.rows.length, passed }))}
    >
      <Card title={t('audit.list')} flush>
        <ListBody list={list} empty={<Empty title={t('audit.none')}>{t('audit.noneNote')}</Empty>}>
          <AuditsTable
            caption={t('audit.list')}
            rows={list.rows}
            footer={<MoreRows shown={list.rows.length} total={list.total} {...list.more} />}
          />
        </ListBody>
      </Card>
    </Page>
  )
}
