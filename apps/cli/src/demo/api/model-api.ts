import type { TrainingRecipe } from '@lethe/domain'
import { unwrap, type GatewayClient } from '../gateway-client.js'
import { runFields, type Cost, type Run } from './run-api.js'

export interface ModelVersion {
  readonly id: string
  readonly number: number
  readonly state: 'TRAINING' | 'READY' | 'PRODUCTION' | 'RETIRED' | 'FAILED' | 'REJECTED'
  readonly origin: 'pretrain' | 'unlearn' | 'comparison'
  readonly method: string | null
  readonly parent: { readonly id: string; readonly number: number } | null
  readonly weightsDigest: string | null
  readonly forgottenCount: number
  readonly curve: readonly { readonly epoch: number; readonly loss: number }[]
  readonly cost: Cost | null
  readonly run: Run | null
  readonly embeddingUrl: string | null
}

export interface Model {
  readonly id: string
  readonly productionVersion: { readonly id: string; readonly number: number } | null
  readonly versions: readonly ModelVersion[]
}

const versionFields = `id number state origin method parent { id number } weightsDigest forgottenCount embeddingUrl
  curve { epoch loss } cost { wallSeconds cpuSeconds peakMemoryBytes device } run { ${runFields} }`

export async function findModel(client: GatewayClient, name: string): Promise<Model | null> {
  const { models } = await client.request<{
    models: {
      edges: {
        node: Omit<Model, 'versions'> & { name: string; versions: { edges: { node: ModelVersion }[] } }
      }[]
    }
  }>(`query {
    models(first: 10) {
      edges {
        node { id name productionVersion { id number } versions(first: 15) { edges { node { ${versionFields} } } } }
      }
    }
  }`)
  const found = models.edges.find(({ node }) => node.name === name)?.node
  return found ? { ...found, versions: found.versions.edges.map(({ node }) => node) } : null
}

export interface NewPretraining {
  readonly idempotencyKey: string
  readonly modelName: string
  readonly datasetVersionId: string
  readonly recipe: TrainingRecipe
}

export async function pretrain(client: GatewayClient, input: NewPretraining): Promise<ModelVersion> {
  const result = await client.request<{ pretrain: ModelVersion & { __typename: 'ModelVersion' } }>(
    `mutation ($input: PretrainInput!) {
      pretrain(input: $input) {
        __typename ... on ModelVersion { ${versionFields} } ... on UserError { code message field }
      }
    }`,
    { input },
  )
  return unwrap(result.pretrain)
}

export async function promote(client: GatewayClient, modelVersionId: string, idempotencyKey: string): Promise<void> {
  const { promoteModelVersion } = await client.request<{
    promoteModelVersion: { __typename: 'ModelVersion' }
  }>(
    `mutation ($input: PromoteModelVersionInput!) {
      promoteModelVersion(input: $input) { __typename ... on UserError { code message field } }
    }`,
    { input: { modelVersionId, idempotencyKey } },
  )
  unwrap(promoteModelVersion)
}
