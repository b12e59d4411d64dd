import { ask, bearing, fetchPath, type Visit } from './visit.js'

const lists = `{
  datasets(first: 5) { totalCount edges { node { id name latestVersion { id packDigest dataset { name } modelVersions { id } } } } }
  models(first: 5) { totalCount edges { node { id name versions(first: 3) { edges { node { id
    datasetVersion { id dataset { name } } parent { id } children { id } run { id } } } } } } }
  runs(first: 5) { totalCount edges { node { id modelVersion { id model { name } } erasureRequest { id ground } } } }
  audits(first: 5) { totalCount edges { node { id erasureRequest { id } before { id model { name } } run { id } } } } }`

const cases = `{
  erasureRequests(first: 5) { totalCount edges { node { id ground forgetDigest subjectCommitment owner { subjectKey }
    clock { dueAt events { kind } } audits { id } timeline { kind } bundles { id } related { request { id ground } } } } }
  slaClocks(first: 5) { totalCount edges { node { id erasureRequest { id ground } } } }
  evidenceBundles(first: 5) { totalCount edges { node { id digest erasureRequest { id } } } }
  evidence(first: 5) { totalCount edges { node { seq body } } } }`

const keeping = `{
  viewer { id name tenant { id name slug } }
  overview { openRequests datasetCount }
  webhooks(first: 5) { totalCount edges { node { id url } } }
  apiKeys(first: 5) { totalCount edges { node { id name } } }
  members(first: 5) { totalCount edges { node { id name email } } }
  membershipChanges(first: 5) { totalCount edges { node { id member } } }
  notices(first: 5) { totalCount edges { node { id } } } }`

/** Lists of one's own, none of them empty. */
const listsOf =
  (name: string, query: string) =>
  async (visit: Visit): Promise<void> => {
    for (const [field, list] of Object.entries(await ask(visit, name, query)))
      if ((list as { totalCount?: number } | null)?.totalCount === 0)
        visit.watch.breach(visit.asker, field, 'was empty')
  }

const samples = `query ($id: ID!) { datasetVersion(id: $id) { id
  samples(first: 6) { edges { node { contentId key owner { id subjectKey } } } }
  owners(first: 5) { edges { node { owner { id subjectKey } } } } } }`

/** Rows behind rows, which loaders gather from all over the operation. */
async function readSamples(visit: Visit): Promise<void> {
  const { datasetVersion } = await ask(visit, 'samples', samples, { id: visit.asker.datasetVersionId })
  if (datasetVersion == null) visit.watch.breach(visit.asker, 'samples', 'were not found')
}

/** One's own tenant and dataset beside a stranger's model, as cheap as an operation can be. */
async function glance(visit: Visit): Promise<void> {
  const { asker, stranger, watch } = visit
  const found = await ask(
    visit,
    'glance',
    'query ($own: ID!, $other: ID!) { viewer { tenant { slug } } dataset(id: $own) { id name } model(id: $other) { id name } }',
    { own: asker.datasetId, other: stranger.modelId },
  )
  if (found['dataset'] == null || found['model'] !== null) watch.breach(asker, 'glance', { answered: found })
}

const things = [
  'datasetId',
  'datasetVersionId',
  'modelId',
  'modelVersionId',
  'requestId',
  'runId',
  'auditId',
  'bundleId',
  'webhookId',
  'ownerId',
] as const

/** Some of one's own things and the same of a stranger in one operation: all of them are read in one tick. */
async function lookUp(visit: Visit): Promise<void> {
  const { asker, stranger, watch, n } = visit
  const names = things.filter((_, index) => (index + n) % 3 === 0)
  const lines = names.flatMap((name) => [
    `own_${name}: node(id: "${asker[name]}") { __typename id }`,
    `other_${name}: node(id: "${stranger[name]}") { __typename id }`,
  ])
  const found = await ask(visit, 'node', `{ ${lines.join(' ')} }`)
  for (const name of names) {
    if (found[`own_${name}`] == null) watch.breach(asker, name, 'was not found')
    if (found[`other_${name}`] != null) watch.breach(asker, name, `of ${stranger.slug} was found`)
  }
}

/** By the fields that each kind has of its own. */
async function lookUpStrangers(visit: Visit): Promise<void> {
  const { asker, stranger, watch } = visit
  const found = await ask(
    visit,
    'lookUp',
    `query ($dataset: ID!, $version: ID!, $model: ID!, $request: ID!, $webhook: ID!, $content: Digest!) {
      dataset(id: $dataset) { id name } modelVersion(id: $version) { id } model(id: $model) { id name }
      erasureRequest(id: $request) { id ground } webhook(id: $webhook) { id url }
      findSamples(files: [{ contentId: $content }]) { matches { sample { key } } } }`,
    {
      dataset: stranger.datasetId,
      version: stranger.modelVersionId,
      model: stranger.modelId,
      request: stranger.requestId,
      webhook: stranger.webhookId,
      content: stranger.contentIds[0],
    },
  )
  const { findSamples, ...others } = found
  for (const [field, value] of Object.entries(others))
    if (value !== null) watch.breach(asker, field, 'found a stranger')
  if (JSON.stringify(findSamples) !== '{"matches":[{"sample":null}]}')
    watch.breach(asker, 'findSamples', { findSamples })
}

/** A file of one's own, by token and by a signed address; a stranger's by neither. */
async function download(visit: Visit): Promise<void> {
  const { asker, stranger, token, watch } = visit
  const path = `/v1/evidence/bundles/${asker.bundleId}`
  const own = await fetchPath(visit, 'download', path, bearing(token))
  const signed = await visit.gateway.post('/v1/downloads', { path }, token)
  const { url } = (await signed.json()) as { url: string }
  const bySignature = await fetchPath(visit, 'signed download', url)
  for (const { status, text } of [own, bySignature])
    if (status !== 200 || text !== asker.archive) watch.breach(asker, 'download', { status, text })
  const others = await fetchPath(visit, 'download', `/v1/evidence/bundles/${stranger.bundleId}`, bearing(token))
  if (others.status !== 404) watch.breach(asker, 'download', { answered: others })
}

async function exportRequests(visit: Visit): Promise<void> {
  const { status, text } = await fetchPath(visit, 'export', '/v1/exports/erasure-requests', bearing(visit.token))
  if (status !== 200 || !text.includes(visit.asker.requestId))
    visit.watch.breach(visit.asker, 'export', { status, text })
}

export const reads = {
  lists: listsOf('lists', lists),
  cases: listsOf('cases', cases),
  keeping: listsOf('keeping', keeping),
  readSamples,
  glance,
  lookUp,
  lookUpStrangers,
  download,
  exportRequests,
}
