import type { Framework } from '@lethe/domain'
import { RETRAINS, type Row } from './run-seed.js'
import type { Summary } from './summarise.js'
import { mainTable, recallTable } from './write-tables.js'

const titles: Record<Framework, string> = { simclr: 'SimCLR', moco: 'MoCo', clip: 'CLIP' }

const intro = ({
  seeds,
  backend,
}: {
  readonly seeds: readonly number[]
  readonly backend: string
}): string => `# Unlearning on emoji

256 emoji to keep, 64 to forget, 500 never seen, 16 × 16, one of each family; seeds ${seeds.join(', ')}, which decide who is
where; ${RETRAINS} retrained models a seed. Mean ± standard deviation between seeds. ${backend}.

- RA, TA, UA: accuracy of a linear probe on retained, never-seen and forgotten pictures (Unicode's groups), in per cent.
- EMIA, CMIA: share of forgotten pictures that look never seen, by the agreement of their views in backbone features and by
  the probe's confidence, in per cent. At this size both swing between equal models; see the gap of retraining to itself.
- Average gap: mean distance to the retrained models over those five, in points. The line of retraining is the distance of
  retrained models to each other: a smaller gap than that is no achievement.
- AUC: forgotten against never-seen pictures by the agreement of views in the projection (CLIP: of a picture and its own
  text); 0.5 remembers nothing, and less than 0.5 is over-forgetting. AUC gap: distance to the retrained models'.
- FS, DiD: fall of that agreement on forgotten pictures, and the same minus the fall on never-seen ones.
- RTE: processor time of making the model, and its share of retraining.
`

/** The whole report as Markdown. */
export function writeReport(summaries: readonly Summary[], rows: readonly Row[], backend: string): string {
  const seeds = [...new Set(rows.map(({ seed }) => seed))].sort((a, b) => a - b)
  const sections = [...new Set(summaries.map(({ framework }) => framework))].map((framework) => {
    const own = summaries.filter((summary) => summary.framework === framework)
    const recall =
      framework === 'clip'
        ? `\n\nMembership by views, and retrieval of the own text among 256 pairs:\n\n${recallTable(own)}`
        : ''
    return `## ${titles[framework]}\n\n${mainTable(own)}${recall}\n`
  })
  const plots = ['![AUC by method](membership.svg)', '![Average gap by method](average-gap.svg)', '']
  return [intro({ seeds, backend }), ...plots, ...sections].join('\n')
}
