import { unwrap, type GatewayClient } from '../gateway-client.js'

/** What `lethe verify --opening` takes, and a little more. */
export interface ErasureOpening {
  readonly salt: string
  readonly subjectKey: string
  readonly forgetSetDigest: string
  /** Null once the request has erased them. */
  readonly contentIds: readonly string[] | null
}

export async function readOpening(client: GatewayClient, erasureRequestId: string): Promise<ErasureOpening> {
  const { erasureOpening } = await client.request<{ erasureOpening: ErasureOpening }>(
    `query ($id: ID!) {
      erasureOpening(erasureRequestId: $id) {
        salt subjectKey subjectCommitment forgetSetDigest forgetSetCommitment contentIds
      }
    }`,
    { id: erasureRequestId },
  )
  return erasureOpening
}

/** @returns the number of the evidence. */
export async function shredSubject(
  client: GatewayClient,
  input: { readonly idempotencyKey: string; readonly subjectKey?: string; readonly ownerId?: string },
): Promise<number> {
  const { shredSubject: answer } = await client.request<{
    shredSubject: { __typename: 'EvidenceEntry'; seq: number }
  }>(
    `mutation ($input: ShredSubjectInput!) {
      shredSubject(input: $input) { __typename ... on EvidenceEntry { seq } ... on UserError { code message field } }
    }`,
    { input },
  )
  return unwrap(answer).seq
}
