import { unwrap, type GatewayClient } from '../gateway-client.js'
import { runFields, type Run } from './run-api.js'

export interface DatasetVersion {
  readonly id: string
  readonly number: number
  readonly state: 'INGESTING' | 'READY' | 'FAILED'
  readonly failure: string | null
  readonly packDigest: string | null
  readonly sampleCount: number
  readonly ownerCount: number
  readonly exactDuplicates: number
  readonly nearDuplicates: number
  readonly quarantinedCount: number
  readonly splitCounts: readonly { readonly split: string; readonly count: number }[]
  readonly ingestRun: Run | null
}

const versionFields = `id number state failure packDigest sampleCount ownerCount exactDuplicates nearDuplicates
  quarantinedCount splitCounts { split count } ingestRun { ${runFields} }`

/** @returns the newest version of the dataset of this name, or null. */
export async function findDataset(client: GatewayClient, name: string): Promise<DatasetVersion | null> {
  const { datasets } = await client.request<{
    datasets: { edges: { node: { name: string; latestVersion: DatasetVersion | null } }[] }
  }>(`query { datasets(first: 100) { edges { node { name latestVersion { ${versionFields} } } } } }`)
  return datasets.edges.find(({ node }) => node.name === name)?.node.latestVersion ?? null
}

export interface NewDataset {
  readonly idempotencyKey: string
  readonly name: string
  readonly description: string
  readonly attribution: string
  readonly uploadDigest: string
  readonly imageSize: number
}

export async function registerDataset(client: GatewayClient, input: NewDataset): Promise<DatasetVersion> {
  const { registerDataset: result } = await client.request<{
    registerDataset: DatasetVersion & { __typename: 'DatasetVersion' }
  }>(
    `mutation ($input: RegisterDatasetInput!) {
      registerDataset(input: $input) {
        __typename ... on DatasetVersion { ${versionFields} } ... on UserError { code message field }
      }
    }`,
    { input },
  )
  return unwrap(result)
}

/** Path of a PNG of the first sample of this split. */
export async function firstThumbnail(client: GatewayClient, datasetVersionId: string): Promise<string> {
  const { datasetVersion } = await client.request<{
    datasetVersion: { samples: { edges: { node: { thumbnailPath: string } }[] } }
  }>(
    `query ($id: ID!) {
      datasetVersion(id: $id) { samples(first: 1, split: held_out) { edges { node { thumbnailPath } } } }
    }`,
    { id: datasetVersionId },
  )
  return datasetVersion.samples.edges[0]?.node.thumbnailPath ?? ''
}
