import { shuffledIndices, type AuditPolicy, type AuditTest } from '@lethe/domain'
import type { AuditedModel, AuditOptions, AuditSet } from '../audited-model.js'
import { alignmentGap, membershipScores } from '../probe/alignment.js'
import { askTexts, textAlignmentMatrix } from '../probe/text-embeddings.js'
import { collectAnswers, embedPlain, type ModelAnswers } from '../probe/view-embeddings.js'
import { MATRIX_LIMIT } from './alignment-gap.js'
import { coinP, guessCanaries, guessTwins, testOneRunEpsilon, type OrderedGuesses } from './canary-epsilon.js'
import { examinePairs, testClipAlignment, type PairExamined } from './clip-alignment.js'
import { retrievalRanks, testRetrieval, type RetrievalRanks } from './clip-retrieval.js'
import { twoSidedP } from './membership-family.js'
import { streamOf, type Accusation } from './test-context.js'
import { testRandomisedTwins } from './twins.js'

/** Tests that ask only where the audit has more than pictures: coins that were tossed before training, or texts. */
export async function runOptionalTests(
  options: AuditOptions,
  answers: readonly ModelAnswers[],
): Promise<OptionalTests> {
  const texts = await textTests(options, answers)
  const coins = await coinTests(options)
  return {
    tests: [...coins.tests, ...texts.tests, ...(options.measuredByProvider ?? [])],
    accusations: [...coins.accusations, ...texts.accusations],
    matrices: texts.matrices,
  }
}

export interface OptionalTests {
  readonly tests: readonly AuditTest[]
  readonly accusations: readonly Accusation[]
  /** `{forget,held-out}.texts.{before,after,gap}`: pictures down, texts across, [n, n]. */
  readonly matrices: ReadonlyMap<string, Float32Array>
}

/** A10 on twins, A7 on twins or canaries. */
async function coinTests(options: AuditOptions): Promise<Omit<OptionalTests, 'matrices'>> {
  const { twins, canaries, policy, method } = options
  const tests: AuditTest[] = []
  const accusations: Accusation[] = []
  const addGuesses = (before: OrderedGuesses, after: OrderedGuesses) => {
    const test = testOneRunEpsilon({ before, after, policy, method })
    tests.push(test)
    accusations.push([test.id, coinP(after)])
  }
  if (twins !== undefined) {
    const [before, after] = await scoresOf(options, twins.members, twins.twins)
    const asTwins = ({ first, second }: Scores) => ({ members: first, twins: second })
    const test = testRandomisedTwins({ before: asTwins(before), after: asTwins(after), policy, method })
    tests.push(test)
    accusations.push([test.id, test.p ?? 1])
    const guess = ({ first, second }: Scores) => guessTwins(first, second)
    if (canaries === undefined) addGuesses(guess(before), guess(after))
  }
  if (canaries !== undefined) {
    const [before, after] = await scoresOf(options, canaries.included, canaries.excluded)
    const guess = (scores: Scores) => guessIncluded(scores, policy)
    addGuesses(guess(before), guess(after))
  }
  return { tests, accusations }
}

interface Scores {
  readonly first: Float64Array
  readonly second: Float64Array
}

/** In an order that knows nothing of the coins, so that equal scores are guessed at like coins. */
function guessIncluded({ first, second }: Scores, policy: AuditPolicy): OrderedGuesses {
  const order = shuffledIndices(first.length + second.length, streamOf(policy, 'A7-one-run-epsilon'))
  const isIncluded = Array.from(order, (index) => index < first.length)
  return guessCanaries(
    Float64Array.from(order, (index) => (index < first.length ? first[index] : second[index - first.length]) as number),
    isIncluded,
  )
}

/** Membership scores of two sets in the models before and after. */
async function scoresOf(options: AuditOptions, first: AuditSet['images'], second: AuditSet['images']) {
  const sets = { forget: { images: first, labels: null }, heldOut: { images: second, labels: null } }
  const answers = await collectAnswers([options.before, options.after], { ...options, ...sets }, () => undefined)
  return answers.map(({ forget, heldOut }) => ({
    first: membershipScores(forget),
    second: membershipScores(heldOut),
  })) as [Scores, Scores]
}

/** A11 and retrieval, where both models read texts and all sets have them. */
async function textTests(options: AuditOptions, answers: readonly ModelAnswers[]): Promise<OptionalTests> {
  const { policy, method } = options
  const [before, after] = [
    await readModel(options.before, options, answers[0]),
    await readModel(options.after, options, answers[1]),
  ]
  if (before === null || after === null) return { tests: [], accusations: [], matrices: new Map() }
  const alignment = testClipAlignment({ before: before.pairs, after: after.pairs, policy, method })
  const defect = after.defect ?? before.defect
  const matrices = new Map<string, Float32Array>()
  for (const set of ['forget', 'held-out'] as const) {
    matrices.set(`${set}.texts.before`, before.matrices[set])
    matrices.set(`${set}.texts.after`, after.matrices[set])
    matrices.set(`${set}.texts.gap`, alignmentGap(before.matrices[set], after.matrices[set]))
  }
  const answered: AuditTest =
    defect === null
      ? alignment
      : { ...alignment, outcome: 'inconclusive', detail: `Texts were not answered: ${defect}.` }
  return {
    tests: [answered, testRetrieval(before.ranks, after.ranks, policy)],
    accusations: [[answered.id, twoSidedP(after.pairs.auc)]],
    matrices,
  }
}

interface ReadModel {
  readonly pairs: PairExamined
  readonly ranks: RetrievalRanks
  readonly matrices: Readonly<Record<'forget' | 'held-out', Float32Array>>
  readonly defect: string | null
}

async function readModel(
  model: AuditedModel,
  { forget, heldOut, retain, signal }: AuditOptions,
  answers: ModelAnswers | undefined,
): Promise<ReadModel | null> {
  const [forgotten, unseen, kept] = [forget.captions, heldOut.captions, retain.captions]
  if (!model.embedTexts || !forgotten || !unseen || !kept || !answers) return null
  const texts = {
    forget: await askTexts(model.embedTexts, forgotten, signal),
    heldOut: await askTexts(model.embedTexts, unseen, signal),
    retain: await askTexts(model.embedTexts, kept, signal),
  }
  // Texts live in the space of projections; features have another.
  const projecting = { ...model, embedFeatures: undefined }
  const ranks = {
    retain: retrievalRanks(await embedPlain(projecting, retain.images, signal), texts.retain, kept),
    heldOut: retrievalRanks(await embedPlain(projecting, heldOut.images, signal), texts.heldOut, unseen),
  }
  const differs = texts.forget.dimension !== answers.forget.dimension
  const defect =
    [texts.forget, texts.heldOut, texts.retain].find((part) => part.defect !== null)?.defect ??
    (differs ? 'texts and pictures have embeddings of different length' : null)
  const pairs = examinePairs(
    { pictures: answers.forget, texts: texts.forget },
    { pictures: answers.heldOut, texts: texts.heldOut },
  )
  const n = Math.min(MATRIX_LIMIT, forgotten.length, unseen.length)
  const matrices = {
    forget: textAlignmentMatrix(answers.forget, texts.forget, n),
    'held-out': textAlignmentMatrix(answers.heldOut, texts.heldOut, n),
  }
  return { pairs, ranks, matrices, defect }
}
