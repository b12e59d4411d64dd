import { meanOf, type Figure, type SeedFigures, type Summary } from './summarise.js'
import { labelOf } from './write-tables.js'

/** What a setting must keep, and by how many points it may fall below both the original and the retrained; the last is CLIP's. */
const kept: readonly { readonly figure: (figures: SeedFigures) => Figure; readonly loss: number }[] = [
  { figure: ({ retainAccuracy }) => retainAccuracy, loss: 3 },
  { figure: ({ testAccuracy }) => testAccuracy, loss: 3 },
  { figure: ({ retainedRecall }) => retainedRecall.at(-1) ?? null, loss: 6 },
]

/**
 * The setting of each method with the smallest mean distance of its AUC to retraining's, among those that keep RA, TA and
 * CLIP's retrieval; a line each. Where none keeps them, among all.
 */
export const bestSettings = (summaries: readonly Summary[]): string =>
  [...new Set(summaries.map(({ framework }) => framework))]
    .flatMap((framework) => {
      const own = summaries.filter((summary) => summary.framework === framework)
      const references = own.filter(({ name }) => name === 'original' || name === 'retrain')
      const isUsable = (summary: Summary) =>
        kept.every(({ figure, loss }) =>
          references.some((reference) => (of(summary, figure) ?? 0) >= (of(reference, figure) ?? 0) - loss),
        )
      const names = new Set(own.filter((summary) => !references.includes(summary)).map(({ name }) => name))
      return [...names].map((name) => {
        const candidates = own.filter((summary) => summary.name === name)
        const usable = candidates.filter(isUsable)
        const gap = (summary: Summary) => of(summary, ({ aucGap }) => aucGap) ?? Infinity
        const [best] = (usable.length > 0 ? usable : candidates).sort((a, b) => gap(a) - gap(b)) as [Summary]
        return `${framework}: ${labelOf(best)}, AUC gap ${gap(best).toFixed(3)}`
      })
    })
    .join('\n')

const of = ({ seeds }: Summary, figure: (figures: SeedFigures) => Figure) => meanOf(seeds.map(figure))
