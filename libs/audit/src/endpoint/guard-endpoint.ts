import { sha256 } from '@lethe/domain'
import type { AuditedModel, Embed } from '../audited-model.js'
import type { EmbedTexts } from '../probe/text-embeddings.js'
import type { AnswerStore } from './answer-store.js'
import { EndpointFault } from './endpoint-fault.js'

/** An audited model whose faults are kept instead of thrown, and whose answers may come from a store. */
export interface GuardedModel extends AuditedModel {
  /** Asks the endpoint itself, whatever is in store: what is asked twice on purpose. */
  readonly askAfresh: Embed
  /** The first fault; from then on the endpoint is left alone and every answer is empty. */
  readonly fault: () => EndpointFault | null
  /** Pictures asked of the endpoint, and those whose answers were in store. */
  readonly asked: () => { readonly pictures: number; readonly remembered: number }
}

export interface GuardOptions {
  readonly store: AnswerStore | undefined
  /** Numbers of one picture. */
  readonly pictureSize: number
  readonly onAnswered: (pictures: number) => void
}

/** No answer is ever this: it reads as malformed. */
const NO_ANSWER = new Float32Array(0)

/**
 * Stands between audit and endpoint. An `EndpointFault` ends the questions to this model and nothing else; any other exception
 * is thrown on, for it says nothing about the endpoint.
 */
export function guardEndpoint(model: AuditedModel, { store, pictureSize, onAnswered }: GuardOptions): GuardedModel {
  let fault: EndpointFault | null = null
  const asked = { pictures: 0, remembered: 0 }
  const fresh =
    (embed: Embed): Embed =>
    async (images) => {
      if (fault !== null) return NO_ANSWER
      try {
        const answer = await embed(images)
        asked.pictures += images.length / pictureSize
        return answer
      } catch (error) {
        if (!(error instanceof EndpointFault)) throw error
        fault = error
        return NO_ANSWER
      } finally {
        onAnswered(images.length / pictureSize)
      }
    }
  const remembered = (embed: Embed, representation: string): Embed => {
    const ask = fresh(embed)
    if (store === undefined) return ask
    return async (images) => {
      const key = questionDigest(model, representation, images)
      const kept = await store.get(key)
      if (kept !== null) {
        asked.remembered += images.length / pictureSize
        onAnswered(images.length / pictureSize)
        return kept
      }
      const answer = await ask(images)
      if (answer.length > 0) await store.put(key, answer)
      return answer
    }
  }
  const guardTexts =
    (embedTexts: EmbedTexts): EmbedTexts =>
    async (texts) => {
      if (fault !== null) return NO_ANSWER
      try {
        return await embedTexts(texts)
      } catch (error) {
        if (!(error instanceof EndpointFault)) throw error
        fault = error
        return NO_ANSWER
      }
    }
  return {
    ...model,
    embed: remembered(model.embed, 'projection'),
    embedFeatures: model.embedFeatures && remembered(model.embedFeatures, 'features'),
    embedTexts: model.embedTexts && guardTexts(model.embedTexts),
    askAfresh: fresh(model.embed),
    fault: () => fault,
    asked: () => ({ ...asked }),
  }
}

function questionDigest({ role, label, attested }: AuditedModel, representation: string, images: Float32Array): string {
  const whom = JSON.stringify(['lethe-audit-question/v1', role, label, attested?.digest ?? null, representation])
  const asked = new TextEncoder().encode(whom)
  const question = new Uint8Array(asked.length + images.byteLength)
  question.set(asked)
  question.set(new Uint8Array(images.buffer, images.byteOffset, images.byteLength), asked.length)
  return sha256(question)
}
