'use client'
import { useTranslations } from 'next-intl'
import { examples } from '@/features/reference/examples'
import { SchemaReference } from '@/features/reference/schema-reference'
import { schemaSdl } from '@/gql/sdl'
import { Card } from '@/ui/card'
import { CodeBlock } from '@/ui/code-block'
import { Page } from '@/ui/page'

export function Reference() {
  const t = useTranslations('reference')
  return (
    <Page title={t('title')} answer={t('answer')}>
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
      <Card title={t('schema')} note={t('schemaNote')}>
        <SchemaReference sdl={schemaSdl} />
      </Card>
    </Page>
  )
}
