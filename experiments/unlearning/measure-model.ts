import {
  areaUnderCurve,
  loadEmbedder,
  recallOf,
  viewAgreement,
  whiteBoxMetrics,
  type Embedder,
  type Recall,
  type WhiteBoxMetrics,
} from '@lethe/learning'
import type { Deal, DealtSet } from './deal-sets.js'

/** What is known of one model on one deal. */
export interface Measures {
  readonly whiteBox: WhiteBoxMetrics
  /** Of two views of a picture in the projection; for CLIP of a picture and its own text. */
  readonly agreement: Agreement
  /** CLIP's. */
  readonly pairs: PairMeasures | null
}

export interface Agreement {
  /** Membership: forget against held-out pictures. 0.5 remembers nothing. */
  readonly auc: number
  /** Means, before anything is subtracted from them. */
  readonly forget: number
  readonly heldOut: number
}

export interface PairMeasures {
  /** Membership by the agreement of views, as for the other frameworks. */
  readonly viewAuc: number
  /** Of texts for pictures, among as many pairs on either side. */
  readonly retained: Recall
  readonly heldOut: Recall
}

export async function measureModel(weights: Uint8Array, deal: Deal): Promise<Measures> {
  const embedder = loadEmbedder(weights)
  const [retain, forget, heldOut] = [
    await embedSet(embedder, deal.retain),
    await embedSet(embedder, deal.forget),
    await embedSet(embedder, deal.heldOut),
  ]
  const [ofForget, ofHeldOut] = [forget, heldOut].map(({ projected }) =>
    viewAgreement(projected, embedder.projectionDimension),
  ) as [Float64Array, Float64Array]
  const ofViews = agreementOf(ofForget, ofHeldOut)
  const ofPairs = await measurePairs(embedder, deal, ofViews.auc)
  embedder.dispose()
  return {
    whiteBox: whiteBoxMetrics({ retain, test: heldOut, unlearn: forget }),
    agreement: ofPairs?.agreement ?? ofViews,
    pairs: ofPairs?.pairs ?? null,
  }
}

const agreementOf = (forget: Float64Array, heldOut: Float64Array): Agreement => ({
  auc: areaUnderCurve(forget, heldOut),
  forget: mean(forget),
  heldOut: mean(heldOut),
})

async function embedSet(embedder: Embedder, { samples, labels, views }: DealtSet) {
  const features = await embedder.embed(samples.data, 'features')
  const seen: Float32Array[] = []
  const projected: Float32Array[] = []
  for (const view of views) {
    seen.push(await embedder.embed(view, 'features'))
    projected.push(await embedder.embed(view, 'projection'))
  }
  return { features, labels, views: seen, projected }
}

async function measurePairs(embedder: Embedder, { retain, forget, heldOut }: Deal, viewAuc: number) {
  const { embedTexts, projectionDimension: width } = embedder
  if (embedTexts === null) return null
  const embed = async ({ samples }: DealtSet) => ({
    pictures: await embedder.embed(samples.data, 'projection'),
    texts: await embedTexts(samples.captions),
  })
  const [kept, forgotten, unseen] = [await embed(retain), await embed(forget), await embed(heldOut)]
  const own = ({ pictures, texts }: typeof kept) => viewAgreement([pictures, texts], width)
  const asMany = (rows: Float32Array) => rows.subarray(0, kept.pictures.length)
  const pairs: PairMeasures = {
    viewAuc,
    retained: recallOf(kept.pictures, kept.texts, width),
    heldOut: recallOf(asMany(unseen.pictures), asMany(unseen.texts), width),
  }
  return { agreement: agreementOf(own(forgotten), own(unseen)), pairs }
}

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length
