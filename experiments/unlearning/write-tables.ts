import { meanOf, spreadOf, type Figure, type SeedFigures, type Summary } from './summarise.js'

interface Column {
  readonly head: string
  readonly of: (figures: SeedFigures) => Figure
  readonly digits: number
}

const columns: readonly Column[] = [
  { head: 'RA', of: ({ retainAccuracy }) => retainAccuracy, digits: 1 },
  { head: 'TA', of: ({ testAccuracy }) => testAccuracy, digits: 1 },
  { head: 'UA', of: ({ unlearnAccuracy }) => unlearnAccuracy, digits: 1 },
  { head: 'EMIA', of: ({ encoderNonMembers }) => encoderNonMembers, digits: 1 },
  { head: 'CMIA', of: ({ confidenceNonMembers }) => confidenceNonMembers, digits: 1 },
  { head: 'average gap', of: (figures) => figures.averageGap, digits: 1 },
  { head: 'AUC', of: ({ auc }) => auc, digits: 3 },
  { head: 'AUC gap', of: ({ aucGap }) => aucGap, digits: 3 },
  { head: 'FS', of: ({ forgettingScore }) => forgettingScore, digits: 3 },
  { head: 'DiD', of: ({ differenceInDifferences }) => differenceInDifferences, digits: 3 },
  { head: 'RTE, CPU s', of: ({ cpuSeconds }) => cpuSeconds, digits: 1 },
  { head: 'of retraining, %', of: ({ costShare }) => costShare, digits: 1 },
]

const recallColumns: readonly Column[] = [
  { head: 'AUC of views', of: ({ viewAuc }) => viewAuc, digits: 3 },
  ...[1, 5, 10].flatMap((depth, k): Column[] => [
    { head: `retained R@${depth}`, of: ({ retainedRecall }) => retainedRecall[k] ?? null, digits: 1 },
    { head: `held-out R@${depth}`, of: ({ heldOutRecall }) => heldOutRecall[k] ?? null, digits: 1 },
  ]),
]

/** The table of the paper, and what the audit looks at. */
export const mainTable = (summaries: readonly Summary[]): string => tableOf(summaries, columns)

/** CLIP: membership by views, and retrieval of texts. */
export const recallTable = (summaries: readonly Summary[]): string => tableOf(summaries, recallColumns)

function tableOf(summaries: readonly Summary[], shown: readonly Column[]): string {
  const lines = summaries.map((summary) => [labelOf(summary), ...shown.map((column) => cell(summary, column))])
  const head = ['method', ...shown.map((column) => column.head)]
  return [head, head.map((_, k) => (k === 0 ? '---' : '---:')), ...lines]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
}

/** Mean ± standard deviation between seeds. */
function cell({ seeds }: Summary, { of, digits }: Column): string {
  const values = seeds.map(of)
  const [mean, spread] = [meanOf(values), spreadOf(values)]
  if (mean === null || Number.isNaN(mean)) return '–'
  return spread === null ? mean.toFixed(digits) : `${mean.toFixed(digits)} ± ${spread.toFixed(digits)}`
}

export function labelOf({ name, setting }: Pick<Summary, 'name' | 'setting'>): string {
  const symbols: Record<string, string> = {
    learningRate: 'rate',
    lambda: 'λ',
    alpha: 'α',
    beta: 'β',
    repairEpochs: 'repair',
  }
  const parts = Object.entries(setting).map(([member, value]) => `${symbols[member] ?? member} ${value}`)
  return parts.length === 0 ? name : `${name} (${parts.join(', ')})`
}
