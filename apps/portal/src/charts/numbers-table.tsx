'use client'
import { useTranslations } from 'next-intl'

/** The numbers behind a picture, on demand. */
export function NumbersTable({
  caption,
  head,
  rows,
}: {
  caption: string
  head: readonly string[]
  rows: readonly (readonly (string | number)[])[]
}) {
  const t = useTranslations('charts')
  return (
    <details className="mt-3 text-sm" data-print="hide">
      <summary className="w-fit rounded text-xs text-ink-2 underline decoration-dotted underline-offset-4">
        {t('numbers')}
      </summary>
      <div
        className="mt-2 max-h-72 relative overflow-auto rounded border"
        tabIndex={0}
        role="region"
        aria-label={caption}
      >
        <table className="w-full border-collapse text-xs">
          <caption className="sr-only">{caption}</caption>
          <thead className="sticky top-0 bg-well">
            <tr>
              {head.map((cell) => (
                <th key={cell} scope="col" className="px-2 py-1.5 text-right font-medium whitespace-nowrap">
                  {cell}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              <tr key={index} className="border-t">
                {row.map((cell, column) =>
                  column === 0 ? (
                    <th key={column} scope="row" className="px-2 py-1 text-right font-normal">
                      {cell}
                    </th>
                  ) : (
                    <td key={column} className="px-2 py-1 text-right whitespace-nowrap">
                      {cell}
                    </td>
                  ),
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  )
}
