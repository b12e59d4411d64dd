'use client'
import { Download } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { evidenceKinds, kindKey } from '@/features/evidence/kinds'
import { EvidenceModelsDocument } from '@/gql/graphql'
import { useDocument } from '@/session/use-document'
import { ButtonAnchor } from '@/ui/button'
import { SelectField, TextField } from '@/ui/field'

/** What the form holds; days are of the browser's zone, empty is no filter. */
export interface Filters {
  readonly kind: string
  readonly modelId: string
  readonly from: string
  readonly to: string
}

export const noFilters: Filters = { kind: '', modelId: '', from: '', to: '' }

/** Arguments of the query, and of the export's address. */
export function filterArguments({ kind, modelId, from, to }: Filters, erasureRequestId: string | undefined) {
  const instant = (local: string) => new Date(local).toISOString()
  return {
    ...(erasureRequestId ? { erasureRequestId } : {}),
    ...(kind ? { kind } : {}),
    ...(modelId ? { modelId } : {}),
    ...(from ? { from: instant(from) } : {}),
    ...(to ? { to: instant(to) } : {}),
  }
}

export function EvidenceFilters({
  filters,
  onChange,
  exportArguments,
}: {
  filters: Filters
  onChange: (filters: Filters) => void
  exportArguments: Record<string, string>
}) {
  const t = useTranslations('evidence')
  const states = useTranslations('states')
  const { data } = useDocument(EvidenceModelsDocument, {})
  const set = (change: Partial<Filters>) => onChange({ ...filters, ...change })
  return (
    <div className="grid gap-3 border-b px-4 py-3 sm:grid-cols-2 sm:px-5 sm:items-start xl:grid-cols-4">
      <SelectField
        label={t('column.kind')}
        value={filters.kind}
        onChange={(event) => set({ kind: event.target.value })}
      >
        <option value="">{t('allKinds')}</option>
        {evidenceKinds.map((value) => (
          <option key={value} value={value}>
            {t(`kind.${kindKey(value)}`)}
          </option>
        ))}
      </SelectField>
      <SelectField
        label={t('model')}
        value={filters.modelId}
        onChange={(event) => set({ modelId: event.target.value })}
      >
        <option value="">{t('allModels')}</option>
        {(data?.models.edges ?? []).map(({ node }) => (
          <option key={node.id} value={node.id}>
            {node.name}
          </option>
        ))}
      </SelectField>
      <TextField
        type="datetime-local"
        label={t('from')}
        hint={states('deviceZone')}
        value={filters.from}
        onChange={(event) => set({ from: event.target.value })}
      />
      <TextField
        type="datetime-local"
        label={t('to')}
        hint={states('deviceZone')}
        value={filters.to}
        onChange={(event) => set({ to: event.target.value })}
      />
      <ButtonAnchor
        className="justify-self-start"
        href={`/api/v1/evidence/export?${new URLSearchParams(exportArguments).toString()}`}
        download="evidence.jsonl"
        title={t('exportNote')}
      >
        <Download aria-hidden />
        {t('export')}
      </ButtonAnchor>
    </div>
  )
}
