import { DomainError } from '@lethe/domain'
import { assertOk, type GatewayClient } from '../gateway-client.js'

/** What the embedding endpoint of a deployed version answers for one picture. */
export async function embedPicture(
  client: GatewayClient,
  embeddingUrl: string,
  modelVersionId: string,
  picture: Uint8Array,
): Promise<readonly number[]> {
  const response = await fetch(new URL(`/v1/models/${modelVersionId}/embed`, embeddingUrl), {
    method: 'POST',
    headers: { authorization: `Bearer ${await client.token()}`, 'content-type': 'image/png' },
    body: picture,
    signal: AbortSignal.timeout(30_000),
  })
  const answer = (await (await assertOk(response, 'Embedding')).json()) as { embeddings?: number[][] }
  const [embedding] = answer.embeddings ?? []
  if (!embedding?.every(Number.isFinite)) throw new DomainError('EMBEDDING', 'The endpoint answered without numbers.')
  return embedding
}
