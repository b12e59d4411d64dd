import { Digest, ViewConfig } from '@lethe/domain'
import { z } from 'zod'
import { refuse } from '../kit-error.js'
import { callEndpoint, routeOf, withoutSecrets, type CallOptions } from './call-endpoint.js'

export type Representation = 'projection' | 'features'

const Info = z.object({
  protocol: z.literal('lethe-embedding/1').optional(),
  imageSize: z.int().min(4).max(2048),
  dimensions: z
    .object({ projection: z.int().min(1).max(65_536).optional(), features: z.int().min(1).max(65_536).optional() })
    .refine(({ projection, features }) => (projection ?? features) !== undefined, 'names no representation'),
  weightsDigest: Digest.nullish(),
  texts: z.boolean().default(false),
  views: ViewConfig.optional(),
  limits: z
    .object({
      imagesPerRequest: z.int().min(1).default(64),
      textsPerRequest: z.int().min(1).default(256),
      bytesPerRequest: z
        .int()
        .min(1024)
        .default(16 * 2 ** 20),
    })
    .prefault({}),
})
/** What an endpoint says of itself (docs/embedding-protocol.md). */
export type EndpointInfo = z.infer<typeof Info>

export interface Endpoint {
  /** As it is asked; may hold secrets. */
  readonly url: string
  /** As it may be shown and kept. */
  readonly shownUrl: string
  readonly info: EndpointInfo
  /** What is asked about membership. */
  readonly representation: Representation
}

/** @throws DomainError ENDPOINT_*. */
export async function readEndpoint(url: string, options: CallOptions): Promise<Endpoint> {
  return endpointOf(url, await callEndpoint(routeOf(url), undefined, options))
}

/** As `readEndpoint`, from what the endpoint said on another day. */
export function endpointOf(url: string, said: unknown): Endpoint {
  const info = Info.safeParse(said)
  if (info.success)
    return {
      url: trimmed(url),
      shownUrl: withoutSecrets(trimmed(url)),
      info: info.data,
      representation: info.data.dimensions.projection === undefined ? 'features' : 'projection',
    }
  const issue = info.error.issues[0]
  return refuse(
    'ENDPOINT_UNREADABLE',
    `${withoutSecrets(url)} does not speak the embedding protocol: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}.`,
  )
}

const trimmed = (url: string): string => url.replace(/\/+$/, '')
