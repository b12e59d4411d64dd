'use client'
import { useTranslations } from 'next-intl'
import { DocumentsReference } from '@/features/reference/documents-reference'
import { ErrorsReference } from '@/features/reference/errors-reference'
import { examples } from '@/features/reference/examples'
import { OperationsReference } from '@/features/reference/operations-reference'
import { TypesReference } from '@/features/reference/types-reference'
import { reference } from '@/gql/reference'
import { Card } from '@/ui/card'
import { CodeBlock } from '@/ui/code-block'
import { Page } from '@/ui/page'
import { Tabs } from '@/ui/tabs'

export function Reference() {
  const t = useTranslations('reference')
  return (
    <Page title={t('title')} answer={t('answer')}>
      <Tabs
        label={t('title')}
        tabs={[
          { id: 'operations', label: t('operations'), content: <OperationsReference reference={reference} /> },
          { id: 'types', label: t('types'), content: <TypesReference reference={reference} /> },
          { id: 'errors', label: t('errors'), content: <ErrorsReference errors={reference.errors} /> },
          { id: 'documents', label: t('documents'), content: <DocumentsReference documents={reference.documents} /> },
          { id: 'examples', label: t('examples'), content: <Examples /> },
        ]}
      />
    </Page>
  )
}

function Examples() {
  const t = useTranslations('reference')
  return (
    <Card title={t('examples')} note={t('examplesNote')}>
      <div className="grid gap-5">
        {examples.map(({ id, code }) => (
          <div key={id} className="grid gap-2">
            <p className="text-sm">{t(`example.${id}`)}</p>
            <CodeBlock label="sh" code={code} />
          </div>
        ))}
      </div>
    </Card>
  )
}
