'use client'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { matrixSets, matrixStages, type MatrixName } from '@/features/audits/matrix-names'
import { summarizeMatrix } from '@/features/audits/matrix-summary'
import type { Matrix } from '@/features/audits/read-safetensors'
import { useQuantities } from '@/i18n/use-quantities'
import { SelectField } from '@/ui/field'

const names: readonly MatrixName[] = matrixSets.flatMap((set) =>
  matrixStages.map((stage): MatrixName => `${set}.${stage}`),
)

/** Rows and columns that a table can hold and still be read. */
const tableSide = 64

/** The matrices in numbers: a summary of each, and every value of one that is chosen. */
export function MatrixTable({ matrices }: { matrices: ReadonlyMap<MatrixName, Matrix> }) {
  const t = useTranslations('audit')
  const { number } = useQuantities()
  const [isOpen, setIsOpen] = useState(false)
  const [chosen, setChosen] = useState<MatrixName>('forget.gap')
  const label = (name: MatrixName): string => {
    const [set, stage] = name.split('.') as [(typeof matrixSets)[number], (typeof matrixStages)[number]]
    return `${t(`set.${set}`)}, ${t(`stage.${stage}`)}`
  }
  return (
    <div className="grid gap-3">
      <div className="relative overflow-x-auto" tabIndex={0} role="region" aria-label={t('matrixSummary')}>
        <table className="w-full border-collapse text-sm" data-testid="matrix-summary">
          <caption className="pb-2 text-left text-xs text-ink-2">{t('matrixSummary')}</caption>
          <thead>
            <tr className="border-y bg-well/60 text-xs text-ink-2">
              {['matrix', 'diagonal', 'offDiagonal', 'range'].map((key) => (
                <th
                  key={key}
                  scope="col"
                  className={`px-3 py-2 font-medium whitespace-nowrap ${key === 'matrix' ? 'text-left' : 'text-right'}`}
                >
                  {t(`summary.${key}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {names.map((name) => {
              const matrix = matrices.get(name)
              if (!matrix) return null
              const { diagonal, offDiagonal, low, high } = summarizeMatrix(matrix)
              return (
                <tr key={name} className="border-b">
                  <th scope="row" className="px-3 py-2 text-left font-normal">
                    {label(name)}
                  </th>
                  <td className="px-3 py-2 text-right">{number(diagonal, 3)}</td>
                  <td className="px-3 py-2 text-right">{offDiagonal === null ? '–' : number(offDiagonal, 3)}</td>
                  <td className="px-3 py-2 text-right whitespace-nowrap">
                    {number(low, 3)} … {number(high, 3)}
                  </td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
      <details onToggle={(event) => setIsOpen(event.currentTarget.open)} data-print="hide">
        <summary className="w-fit rounded text-xs text-ink-2 underline decoration-dotted underline-offset-4">
          {t('allValues')}
        </summary>
        {isOpen ? (
          <div className="mt-3 grid gap-3">
            <SelectField
              label={t('summary.matrix')}
              value={chosen}
              onChange={(event) => setChosen(event.target.value as MatrixName)}
              className="max-w-sm"
            >
              {names
                .filter((name) => matrices.has(name))
                .map((name) => (
                  <option key={name} value={name}>
                    {label(name)}
                  </option>
                ))}
            </SelectField>
            <ValueTable caption={label(chosen)} matrix={matrices.get(chosen)} />
          </div>
        ) : null}
      </details>
    </div>
  )
}

function ValueTable({ caption, matrix }: { caption: string; matrix: Matrix | undefined }) {
  const t = useTranslations('audit')
  const { number } = useQuantities()
  if (!matrix) return null
  const size = matrix.shape[0] ?? 0
  const indices = Array.from({ length: Math.min(size, tableSide) }, (_, index) => index)
  return (
    <div className="max-h-96 relative overflow-auto rounded border" tabIndex={0} role="region" aria-label={caption}>
      <table className="border-collapse text-xs" data-testid="matrix-values">
        <caption className="px-2 py-1 text-left text-ink-2">
          {size > tableSide ? t('tableCut', { shown: tableSide, size }) : caption}
        </caption>
        <thead className="bg-well">
          <tr>
            <th scope="col" className="px-2 py-1 font-medium">
              #
            </th>
            {indices.map((column) => (
              <th key={column} scope="col" className="px-2 py-1 text-right font-medium">
                {column + 1}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {indices.map((row) => (
            <tr key={row} className="border-t">
              <th scope="row" className="bg-well px-2 py-1 text-right font-medium">
                {row + 1}
              </th>
              {indices.map((column) => (
                <td key={column} className="px-2 py-1 text-right">
                  {number(matrix.data[row * size + column] ?? 0, 2)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
