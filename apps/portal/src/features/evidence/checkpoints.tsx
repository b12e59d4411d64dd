'use client'
import { useTranslations } from 'next-intl'
import { CheckpointsDocument } from '@/gql/graphql'
import { useConnection } from '@/session/use-document'
import { Card } from '@/ui/card'
import { CodeBlock } from '@/ui/code-block'
import { ListBody } from '@/ui/list-body'
import { Moment } from '@/ui/moment'
import { MoreRows } from '@/ui/more-rows'
import { Empty } from '@/ui/states'

/** Every signed head of the log, newest first, as the note that an outsider keeps. */
export function Checkpoints() {
  const t = useTranslations('evidence')
  const list = useConnection(CheckpointsDocument, { first: 10 }, (result) => result.evidenceLog.checkpoints)
  return (
    <Card title={t('checkpoints')} note={t('checkpointsNote')} flush>
      <ListBody list={list} empty={<Empty title={t('noCheckpoints')} />}>
        <ul className="divide-y border-t">
          {list.rows.map((checkpoint) => (
            <li key={checkpoint.size} className="grid gap-2 px-4 py-4 sm:px-5">
              <p className="flex flex-wrap items-baseline gap-x-3 text-sm">
                <span className="font-medium">{t('checkpointOf', { size: checkpoint.size })}</span>
                <span className="text-xs text-ink-2">
                  <Moment at={checkpoint.createdAt} /> · {t('keyId', { id: checkpoint.keyId })}
                </span>
              </p>
              <CodeBlock label={t('note')} code={checkpoint.note} wrap />
            </li>
          ))}
        </ul>
        <MoreRows shown={list.rows.length} total={list.total} {...list.more} />
      </ListBody>
    </Card>
  )
}
