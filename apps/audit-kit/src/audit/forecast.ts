import { planAudit, type AuditPlan } from '@lethe/audit'
import type { PackedImages } from '@lethe/domain'
import { endpointOf, type Endpoint } from '../endpoint/read-endpoint.js'
import { picturesPerRequest } from '../endpoint/remote-model.js'
import { encodePlainPng } from '../pictures/encode-plain-png.js'
import type { Session } from '../record/session.js'

/** What an audit will cost and what it can see, before it asks anything. */
export interface Forecast extends Omit<AuditPlan, 'endpoints' | 'sentences'> {
  /** Pictures and texts that both models together will be asked about. */
  readonly questions: number
  readonly requests: number
  readonly bytes: number
}

export function forecast(session: Session): Forecast {
  const { plan, sets, secrets } = session
  const { before, after } = secrets.endpoints
  const endpoints = [endpointOf(before.url, before.said), ...(after ? [endpointOf(after.url, after.said)] : [])]
  const { endpoints: planned, ...reach } = planAudit({
    sets: {
      forget: sets.forget.images,
      heldOut: sets.heldOut.images,
      retain: sets.retain?.images ?? { ...sets.forget.images, count: 0 },
    },
    hasLabels: sets.heldOut.labels !== null && sets.retain !== null && sets.retain.labels !== null,
    models: endpoints.map(({ info, representation }, index) => ({
      label: index === 0 ? 'before' : 'after',
      role: index === 0 ? 'before' : 'after',
      hasFeatures: representation === 'projection' && info.dimensions.features !== undefined,
      isAttested: false,
    })),
    policy: plan.policy,
  })
  const pictures = planned.reduce((sum, model) => sum + model.pictures, 0)
  const texts = endpoints.reduce((sum, endpoint) => sum + textQuestions(endpoint, session), 0)
  const perRequest = Math.min(...endpoints.map(({ info }) => picturesPerRequest(info)))
  const questions = pictures + texts
  return {
    ...reach,
    questions,
    requests: Math.ceil(questions / perRequest),
    bytes: pictures * bytesPerPicture(sets.forget.images),
  }
}

/** Texts, and pictures asked once more for retrieval, where every picture of every set has a text and the model reads. */
function textQuestions({ info }: Endpoint, { sets }: Session): number {
  const { forget, heldOut, retain } = sets
  const areThere = retain !== null && [forget, heldOut, retain].every(({ captions }) => captions !== null)
  if (!info.texts || !areThere) return 0
  return forget.images.count + 2 * heldOut.images.count + 2 * retain.images.count
}

const SAMPLED = 16

/** Of JSON that is sent, by a few pictures of the set. */
function bytesPerPicture({ data, count, height, width }: PackedImages): number {
  const size = height * width * 3
  const sampled = Math.min(SAMPLED, count)
  let bytes = 0
  for (let index = 0; index < sampled; index++)
    bytes += encodePlainPng(data.subarray(index * size, (index + 1) * size), height).length
  return Math.ceil((bytes / sampled) * (4 / 3)) + 3
}
