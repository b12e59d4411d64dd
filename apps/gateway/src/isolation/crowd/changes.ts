import { hex } from '../../testing/seed.js'
import type { Made } from './crowd.js'
import { ask, change, fetchPath, type Visit } from './visit.js'

const answerOf: Readonly<Record<Made['operation'], string>> = {
  requestErasure: 'ErasureRequest { id }',
  createApiKey: 'CreatedApiKey { apiKey { id } }',
  registerDataset: 'DatasetVersion { id }',
}

/** The same words of every tenant: what tells their effects apart is the tenant alone. */
const nextKey = ({ asker }: Visit): string => `key-${(asker.keys += 1)}`

/** Who gives out keys is a person. */
const inPerson = (visit: Visit): Visit => ({ ...visit, token: visit.asker.token })

/** Sent to both gateways at once with one key: one effect, of which both tell. */
async function make(visit: Visit, operation: Made['operation'], input: object): Promise<void> {
  const { asker, watch, other } = visit
  const asked = { operation, answer: answerOf[operation], input: { idempotencyKey: nextKey(visit), ...input } }
  const both = await Promise.all([change(visit, asked), change({ ...visit, gateway: other }, asked)])
  const [{ id }, twin] = both
  if (id === undefined || twin.id !== id) watch.breach(asker, operation, { answered: both })
  else asker.made.push({ operation, input: asked.input, id })
}

const requestErasure = (visit: Visit): Promise<void> =>
  make(visit, 'requestErasure', {
    ground: `ground of ${visit.asker.slug}`,
    selection: { contentIds: [visit.asker.otherContentIds[visit.n % visit.asker.otherContentIds.length]] },
  })

const createApiKey = (visit: Visit): Promise<void> =>
  make(inPerson(visit), 'createApiKey', { name: `key ${visit.n} of ${visit.asker.slug}`, role: 'engineer' })

/** Another time, at whichever gateway: the same answer, and nothing happens. */
async function replay(visit: Visit): Promise<void> {
  const { asker, n, watch } = visit
  const made = asker.made[n % asker.made.length]
  if (made === undefined) return requestErasure(visit)
  const { operation, input, id } = made
  const again = await change(inPerson(visit), { operation, answer: answerOf[operation], input })
  if (again.id !== id) watch.breach(asker, operation, { replayed: again, id })
}

/** A key that was used for something else. */
async function contradict(visit: Visit): Promise<void> {
  const { asker, n, watch } = visit
  const made = asker.made[n % asker.made.length]
  if (made === undefined) return requestErasure(visit)
  const { idempotencyKey } = made.input
  const input = { idempotencyKey, ground: 'another', selection: { contentIds: [asker.contentIds[0]] } }
  const refused = await change(visit, { operation: 'requestErasure', answer: 'ErasureRequest { id }', input })
  if (refused.code !== 'IDEMPOTENCY_CONFLICT') watch.breach(asker, 'requestErasure', { answered: refused })
}

/** A stranger's things are not there to be changed; their content ids name nothing. */
async function meddle(visit: Visit): Promise<void> {
  const { asker, stranger, watch } = visit
  const attempts = [
    ['withdrawErasure', 'ErasureDecisionInput', { erasureRequestId: stranger.requestId }],
    ['cancelRun', 'CancelRunInput', { runId: stranger.runId }],
    ['updateWebhook', 'UpdateWebhookInput', { webhookId: stranger.webhookId, description: 'mine' }],
    ['promoteModelVersion', 'PromoteModelVersionInput', { modelVersionId: stranger.modelVersionId }],
  ] as const
  const [operation, type, input] = attempts[visit.n % attempts.length] ?? attempts[0]
  const query = `mutation ($input: ${type}!) { ${operation}(input: $input) { __typename ... on UserError { code } } }`
  const told = await ask(visit, operation, query, { input: { idempotencyKey: nextKey(visit), ...input } })
  if ((told[operation] as { code?: string } | undefined)?.code !== 'NOT_FOUND')
    watch.breach(asker, operation, { answered: told })
}

/** An upload that becomes a dataset; at another tenant's address it is refused. */
async function upload(visit: Visit): Promise<void> {
  const { asker, stranger, n, watch } = visit
  const text = `pictures ${n} of ${asker.slug}`
  const digest = hex(text)
  const query = 'mutation ($input: CreateUploadInput!) { createUpload(input: $input) { ... on Upload { url } } }'
  const { createUpload } = await ask(visit, 'createUpload', query, { input: { digest, sizeBytes: text.length } })
  const url = (createUpload as { url?: string } | null)?.url ?? ''
  const put = { method: 'PUT', body: text, headers: { 'content-type': 'application/octet-stream' } }
  const moved = await fetchPath(visit, 'upload', url.replace(asker.id, stranger.id), put)
  if (moved.status !== 403) watch.breach(asker, 'upload', { 'into another tenant': moved })
  const sent = await fetchPath(visit, 'upload', url, put)
  if (sent.status !== 201) watch.breach(asker, 'upload', { answered: sent })
  else await make(visit, 'registerDataset', { name: `uploads of ${asker.slug}`, uploadDigest: digest })
}

export const changes = { requestErasure, createApiKey, replay, contradict, meddle, upload }
