import { Download } from 'lucide-react'
import { useTranslations } from 'next-intl'
import type { ModelVersionDetailQuery } from '@/gql/graphql'
import { ButtonAnchor } from '@/ui/button'
import { Card } from '@/ui/card'
import { CodeBlock } from '@/ui/code-block'

type Files = NonNullable<ModelVersionDetailQuery['modelVersion']>['files']

const command =
  'lethe model verify model --key model-signing-key.pem\nmodel_signing verify key model --signature model/model.sig --public_key model-signing-key.pem'

/** Downloads under the names that the signature covers, and how to check them. */
export function VersionFiles({ files }: { files: Files }) {
  const t = useTranslations('model')
  if (files.length === 0) return null
  return (
    <Card title={t('files')} note={t('filesNote')}>
      <div className="grid gap-4">
        <p className="flex flex-wrap gap-2">
          {files.map(({ name, path }) => (
            <ButtonAnchor key={name} href={`/api${path}`} download={name}>
              <Download aria-hidden />
              {name}
            </ButtonAnchor>
          ))}
          <ButtonAnchor href="/api/v1/evidence/model-signing-key.pem" download="model-signing-key.pem">
            <Download aria-hidden />
            {t('signingKey')}
          </ButtonAnchor>
        </p>
        <CodeBlock label={t('checkSignature')} code={command} />
      </div>
    </Card>
  )
}
