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
  /** Membership: AUC of views' agreement in the projection, forget against held-out pictures. 0.5 remembers nothing. */
  readonly auc: number
  /** Mean agreement of views in the projection, before anything is subtracted from it. */
  readonly agreement: { readonly forget: number; readonly heldOut: number }
  /** CLIP's. */
  readonly pairs: PairMeasures | null
}

export interface PairMeasures {
  /** Membership by the cosine of a picture and its own text. */
  readonly auc: number
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
  const agreement = [forget, heldOut].map(({ projected }) => viewAgreement(projected, embedder.projectionDimension))
  const pairs = await measurePairs(embedder, deal)
  embedder.dispose()
  const [ofForget, ofHeldOut] = agreement as [Float64Array, Float64Array]
  return {
    whiteBox: whiteBoxMetrics({ retain, test: heldOut, unlearn: forget }),
    auc: areaUnderCurve(ofForget, ofHeldOut),
    agreement: { forget: mean(ofForget), heldOut: mean(ofHeldOut) },
    pairs,
  }
}

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

async function measurePairs(embedder: Embedder, { retain, forget, heldOut }: Deal): Promise<PairMeasures | null> {
  const { embedTexts, projectionDimension: width } = embedder
  if (embedTexts === null) return null
  const embed = async ({ samples }: DealtSet) => ({
    pictures: await embedder.embed(samples.data, 'projection'),
    texts: await embedTexts(samples.captions),
  })
  const [kept, forgotten, unseen] = [await embed(retain), await embed(forget), await embed(heldOut)]
  const own = ({ pictures, texts }: typeof kept) => viewAgreement([pictures, texts], width)
  const few = (rows: Float32Array) => rows.subarray(0, kept.pictures.length)
  return {
    auc: areaUnderCurve(own(forgotten), own(unseen)),
    retained: recallOf(kept.pictures, kept.texts, width),
    heldOut: recallOf(few(unseen.pictures), few(unseen.texts), width),
  }
}

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length
