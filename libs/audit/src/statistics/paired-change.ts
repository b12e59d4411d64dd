import { binomialProbabilities, binomialTail } from './binomial.js'
import { clopperPearson } from './clopper-pearson.js'
import type { Interval } from './summary.js'

/** Of `pairs` questions that were asked twice: how many were lost and how many were gained. */
export interface PairedChange {
  readonly losses: number
  readonly gains: number
  readonly pairs: number
}

/** Share of alpha that pays for not knowing how many questions change at all. */
const NUISANCE_SHARE = 1 / 5
const BISECTIONS = 16
/** Terms of a binomial below this are left out. */
const NEGLIGIBLE = 1e-13

/**
 * Interval of (gains − losses)/pairs, each side exact at alpha/2: the binomial distribution itself instead of a normal, the share of
 * questions that change at its worst within a Clopper–Pearson interval (Berger and Boos 1994). Never a point.
 */
export function pairedChangeInterval({ losses, gains, pairs }: PairedChange, alpha: number): Interval {
  return [lowerBound(losses, gains, pairs, alpha / 2), -lowerBound(gains, losses, pairs, alpha / 2)]
}

/** Smallest number of pairs at which no change at all is shown to be a loss of less than `margin`, one-sided at alpha. */
export function requiredQuestions(margin: number, alpha: number): number {
  const suffices = (pairs: number) => lowerBound(0, 0, pairs, alpha) > -margin
  let enough = 1
  while (!suffices(enough)) enough *= 2
  let tooFew = enough / 2
  while (enough - tooFew > 1) {
    const middle = Math.floor((tooFew + enough) / 2)
    if (suffices(middle)) enough = middle
    else tooFew = middle
  }
  return enough
}

/** The largest change that so many gains and losses refute from below at level alpha. */
function lowerBound(losses: number, gains: number, pairs: number, alpha: number): number {
  const nuisance = alpha * NUISANCE_SHARE
  const [least, most] = clopperPearson(losses + gains, pairs, nuisance)
  const isRefuted = (change: number) =>
    [least, (least + most) / 2, most].every((share) => {
      // Fewer questions than the change itself cannot have changed.
      const discordant = Math.min(1, Math.max(share, Math.abs(change)))
      return nuisance + chanceOfSoMuch(gains - losses, pairs, discordant, change) < alpha
    })
  let refuted = -1
  let kept = (gains - losses) / pairs
  for (let step = 0; step < BISECTIONS; step++) {
    const middle = (refuted + kept) / 2
    if (isRefuted(middle)) refuted = middle
    else kept = middle
  }
  return refuted
}

/** P(gains − losses ≥ observed) where a share `discordant` of the questions changes and `change` is the expected difference. */
function chanceOfSoMuch(observed: number, pairs: number, discordant: number, change: number): number {
  if (discordant === 0) return observed <= 0 ? 1 : 0
  const gaining = (discordant + change) / (2 * discordant)
  const changing = binomialProbabilities(pairs, discordant)
  let sum = 0
  for (let count = 0; count <= pairs; count++) {
    const chance = changing[count] as number
    // Of `count` changes so many must be gains.
    if (chance > NEGLIGIBLE) sum += chance * binomialTail(Math.ceil((count + observed) / 2), count, gaining)
  }
  return sum
}
