import { meanOf, type SeedFigures, type Summary } from './summarise.js'
import { labelOf } from './write-tables.js'

/** Points of RA and TA that a setting may stay below retraining. */
const LARGEST_LOSS = 3

/** The setting of each method with the smallest mean distance of its AUC to retraining's, a line each. */
export const bestSettings = (summaries: readonly Summary[]): string =>
  [...new Set(summaries.map(({ framework }) => framework))]
    .flatMap((framework) => {
      const own = summaries.filter((summary) => summary.framework === framework)
      const retrained = own.find(({ name }) => name === 'retrain') as Summary
      const isUsable = (summary: Summary) =>
        accuracies.every((figure) => (of(summary, figure) ?? 0) >= (of(retrained, figure) ?? 0) - LARGEST_LOSS)
      const names = new Set(own.map(({ name }) => name).filter((name) => name !== 'original' && name !== 'retrain'))
      return [...names].map((name) => {
        const candidates = own.filter((summary) => summary.name === name)
        const usable = candidates.filter(isUsable)
        const gap = (summary: Summary) => of(summary, ({ aucGap }) => aucGap) ?? Infinity
        const [best] = (usable.length > 0 ? usable : candidates).sort((a, b) => gap(a) - gap(b)) as [Summary]
        return `${framework}: ${labelOf(best)}, AUC gap ${gap(best).toFixed(3)}`
      })
    })
    .join('\n')

const accuracies: ((figures: SeedFigures) => number | null)[] = [
  ({ retainAccuracy }) => retainAccuracy,
  ({ testAccuracy }) => testAccuracy,
]

const of = ({ seeds }: Summary, figure: (figures: SeedFigures) => number | null) => meanOf(seeds.map(figure))
