'use client'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { erasureStates } from '@/features/erasure/request-state'
import { RequestsTable } from '@/features/erasure/requests-table'
import { ErasureRequestsDocument, type ErasureState } from '@/gql/graphql'
import { useConnection } from '@/session/use-document'
import { useMay } from '@/session/viewer-context'
import { ButtonLink } from '@/ui/button'
import { Card } from '@/ui/card'
import { SelectField } from '@/ui/field'
import { ListBody } from '@/ui/list-body'
import { MoreRows } from '@/ui/more-rows'
import { Page } from '@/ui/page'
import { Empty } from '@/ui/states'
import { useListAnswer } from '@/ui/use-list-answer'

export function Requests() {
  const t = useTranslations()
  const listAnswer = useListAnswer()
  const mayRequest = useMay('erasure:request')
  const [state, setState] = useState<ErasureState | ''>('')
  const list = useConnection(
    ErasureRequestsDocument,
    { first: 25, ...(state ? { state } : {}) },
    (result) => result.erasureRequests,
  )
  const overdue = list.rows.filter(({ clock }) => clock.state === 'BREACHED').length
  const create = mayRequest ? (
    <ButtonLink tone="primary" href="/requests/new">
      {t('erasure.new')}
    </ButtonLink>
  ) : null
  return (
    <Page
      title={t('nav.requests')}
      answer={listAnswer(list, t(state ? 'erasure.answerFiltered' : 'erasure.answer', { total: list.total, overdue }))}
      actions={create}
    >
      <Card
        title={t('erasure.list')}
        flush
        action={
          <SelectField
            label={<span className="sr-only">{t('erasure.filter')}</span>}
            value={state}
            onChange={(event) => setState(event.target.value as ErasureState | '')}
          >
            <option value="">{t('erasure.allStates')}</option>
            {erasureStates.map((value) => (
              <option key={value} value={value}>
                {t(`erasure.state.${value}`)}
              </option>
            ))}
          </SelectField>
        }
      >
        <ListBody
          list={list}
          empty={
            <Empty title={state ? t('states.noMatch') : t('erasure.none')} action={create}>
              {state ? null : t('erasure.noneNote')}
            </Empty>
          }
        >
          <RequestsTable
            caption={t('erasure.list')}
            rows={list.rows}
            footer={<MoreRows shown={list.rows.length} total={list.total} {...list.more} />}
          />
        </ListBody>
      </Card>
    </Page>
  )
}
