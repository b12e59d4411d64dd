import { averageGap } from '@lethe/learning'
import type { Row } from './run-seed.js'

/** One number of one seed, in the unit of the table; null where it is not applicable. */
export type Figure = number | null

export interface SeedFigures {
  readonly seed: number
  /** Per cent. */
  readonly retainAccuracy: Figure
  readonly testAccuracy: Figure
  readonly unlearnAccuracy: Figure
  readonly encoderNonMembers: Figure
  readonly confidenceNonMembers: Figure
  /** Percentage points to the retrained models of the same seed. */
  readonly averageGap: Figure
  readonly auc: Figure
  /** Distance of the AUC to those of the retrained models. */
  readonly aucGap: Figure
  readonly forgettingScore: Figure
  readonly differenceInDifferences: Figure
  readonly cpuSeconds: Figure
  /** Of retraining, per cent. */
  readonly costShare: Figure
  /** CLIP's, whose `auc` is that of pairs. */
  readonly viewAuc: Figure
  readonly retainedRecall: readonly Figure[]
  readonly heldOutRecall: readonly Figure[]
}

export interface Summary {
  readonly framework: Row['framework']
  readonly name: Row['name']
  readonly setting: Row['setting']
  readonly seeds: readonly SeedFigures[]
}

/** Rows of equal name and setting together, in the order of their first appearance. */
export function summarise(rows: readonly Row[]): Summary[] {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const key = JSON.stringify([row.framework, row.name, row.setting])
    groups.set(key, [...(groups.get(key) ?? []), row])
  }
  return [...groups.values()].map((group) => {
    const { framework, name, setting } = group[0] as Row
    const seeds = [...new Set(group.map(({ seed }) => seed))]
    return {
      framework,
      name,
      setting,
      seeds: seeds.map((seed) =>
        meanFigures(group.filter((row) => row.seed === seed).map((row) => figuresOf(row, rows))),
      ),
    }
  })
}

function figuresOf(row: Row, rows: readonly Row[]): SeedFigures {
  const siblings = rows.filter(({ framework, seed }) => framework === row.framework && seed === row.seed)
  const retrains = siblings.filter((other) => other.name === 'retrain')
  const others = retrains.filter((other) => other !== row)
  const original = siblings.find(({ name }) => name === 'original') as Row
  const { whiteBox, agreement, pairs } = row.measures
  const before = original.measures.agreement
  const forgettingScore = before.forget - agreement.forget
  const percent = (share: Figure) => (share === null ? null : 100 * share)
  return {
    seed: row.seed,
    retainAccuracy: percent(whiteBox.retainAccuracy),
    testAccuracy: percent(whiteBox.testAccuracy),
    unlearnAccuracy: percent(whiteBox.unlearnAccuracy),
    encoderNonMembers: percent(whiteBox.encoderNonMembers),
    confidenceNonMembers: percent(whiteBox.confidenceNonMembers),
    averageGap: meanOf(others.map(({ measures }) => averageGap(whiteBox, measures.whiteBox))),
    auc: agreement.auc,
    aucGap: meanOf(others.map(({ measures }) => Math.abs(agreement.auc - measures.agreement.auc))),
    forgettingScore,
    differenceInDifferences: forgettingScore - (before.heldOut - agreement.heldOut),
    cpuSeconds: row.cpuSeconds,
    costShare: percent(row.cpuSeconds / (meanOf(retrains.map(({ cpuSeconds }) => cpuSeconds)) ?? Number.NaN)),
    viewAuc: pairs?.viewAuc ?? null,
    retainedRecall: pairs === null ? [] : [1, 5, 10].map((depth) => percent(pairs.retained[depth as 1])),
    heldOutRecall: pairs === null ? [] : [1, 5, 10].map((depth) => percent(pairs.heldOut[depth as 1])),
  }
}

/** Of the retrained models of one seed; every other row is alone. */
function meanFigures(all: readonly SeedFigures[]): SeedFigures {
  const [first] = all as [SeedFigures, ...SeedFigures[]]
  const entries = Object.entries(first).map(([name, value]) => {
    const values = all.map((figures) => figures[name as keyof SeedFigures])
    return [
      name,
      Array.isArray(value)
        ? value.map((_, k) => meanOf(values.map((list) => (list as readonly Figure[])[k] ?? null)))
        : meanOf(values as Figure[]),
    ]
  })
  return Object.fromEntries(entries) as SeedFigures
}

/** Null where there is nothing, or anything is not applicable. */
export function meanOf(values: readonly Figure[]): Figure {
  if (values.length === 0 || values.includes(null)) return null
  return (values as number[]).reduce((sum, value) => sum + value, 0) / values.length
}

/** Standard deviation between seeds; null for fewer than two. */
export function spreadOf(values: readonly Figure[]): Figure {
  const mean = meanOf(values)
  if (mean === null || values.length < 2) return null
  const squares = (values as number[]).reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return Math.sqrt(squares / (values.length - 1))
}
