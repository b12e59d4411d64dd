import { openArtifactStore, type ArtifactStore } from '@lethe/artifacts'
import {
  busPermissions,
  busUsers,
  connectBus,
  putDeployment,
  type Bus,
  type Deployment,
  type GrantedDeployment,
} from '@lethe/bus'
import { openDevice } from '@lethe/device'
import { gatewayAudience, issuerOfService, randomStream, type Role, type TenantId, TrainingRecipe } from '@lethe/domain'
import { pretrain } from '@lethe/learning'
import { createLogger } from '@lethe/runtime'
import { startNatsServer } from '@lethe/stack'
import type { FastifyInstance } from 'fastify'
import { decodeJwt, exportJWK, generateKeyPair, jwtVerify, SignJWT, type CryptoKey } from 'jose'
import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startBlobService } from '../../../../test/kit/blob-service.js'
import { createIntrospection } from '../http/introspect-token.js'
import { serveEmbeddings } from '../http/serve-embeddings.js'
import { tokenVerifier } from '../http/verify-token.js'
import { DeployedModels } from '../models/deployed-models.js'

export const imageSize = 8
const issuer = 'https://lethe.test'
const audience = 'lethe'

export interface TokenClaims {
  readonly tenantId?: string
  readonly role?: Role
  readonly expires?: string
  readonly issuer?: string
  readonly audience?: string
  readonly key?: CryptoKey
}

export interface EmbeddingRig {
  readonly url: string
  readonly app: FastifyInstance
  readonly bus: Bus
  readonly artifacts: ArtifactStore
  readonly models: DeployedModels
  readonly logs: string[]
  token(claims: TokenClaims): Promise<string>
  /** From now on a token does not hold any more, though it has not expired. */
  leave(token: string): void
  deploy(tenantId: string, weights: Uint8Array): Promise<GrantedDeployment>
  stop(): Promise<void>
}

/** A real bus, a real sign-in key over HTTP, a real server on a free port. */
export async function startEmbeddingRig(options: { requestsPerMinute: number; warm: number }): Promise<EmbeddingRig> {
  await openDevice({ backend: 'cpu' })
  const stateDir = mkdtempSync(join(tmpdir(), 'lethe-embedding-test-'))
  const server = await startNatsServer({ stateDir, users: busUsers, permissions: busPermissions })
  const bus = await connectBus({ url: server.urls['registrar'] ?? '', name: 'test', user: 'registrar' })
  const artifacts = await openArtifactStore('nats', bus.nc)
  const own = await connectBus({ url: server.urls['embedding'] ?? '', name: 'embedding', user: 'embedding' })
  const blobs = await startBlobService(artifacts)
  const { publicKey, privateKey } = await generateKeyPair('EdDSA')
  const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), alg: 'EdDSA', kid: 'k1' }] })
  const service = generateKeyPairSync('ed25519')
  const left = new Set<string>()
  const identity = createServer((request, response) => {
    response.setHeader('content-type', 'application/json')
    if (request.url === '/jwks') return void response.end(jwks)
    void answerIntrospection(request, service.publicKey, left).then((answer) =>
      response.writeHead(answer === null ? 401 : 200).end(JSON.stringify(answer)),
    )
  })
  identity.listen(0, '127.0.0.1')
  await once(identity, 'listening')
  const end = new AbortController()
  const logs: string[] = []
  const logger = createLogger('embedding', 'info', { write: (line) => void logs.push(line) })
  const models = new DeployedModels({ bus: own, blobsUrl: blobs.url, logger, warm: options.warm, signal: end.signal })
  const following = models.follow()
  const identityUrl = `http://127.0.0.1:${(identity.address() as AddressInfo).port}`
  const introspect = createIntrospection({
    url: `${identityUrl}/v1/introspect`,
    privateKeyPem: service.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  })
  const app = await serveEmbeddings({
    models,
    logger,
    verify: tokenVerifier({ jwksUrl: `${identityUrl}/jwks`, issuer, audience, introspect }),
    requestsPerMinute: options.requestsPerMinute,
    isReady: async () => models.isCurrent,
  })
  return {
    url: await app.listen({ host: '127.0.0.1', port: 0 }),
    app,
    bus,
    artifacts,
    models,
    logs,
    leave: (token) => void left.add(token),
    token: (claims) =>
      new SignJWT({ tenant: claims.tenantId, role: claims.role ?? 'engineer' })
        .setProtectedHeader({ alg: 'EdDSA', kid: 'k1' })
        .setSubject(randomUUID())
        .setIssuer(claims.issuer ?? issuer)
        .setAudience(claims.audience ?? audience)
        .setIssuedAt()
        .setExpirationTime(claims.expires ?? '5m')
        .sign(claims.key ?? privateKey),
    async deploy(tenantId, weights) {
      const deployment: Deployment = {
        version: 1,
        tenantId: tenantId as TenantId,
        modelId: randomUUID(),
        modelVersionId: randomUUID(),
        weights: await artifacts.put(tenantId, weights),
        imageSize,
        views: { strength: 0.5, flip: true, blur: 0 },
      }
      const holder = { kind: 'deployment', tenantId, id: deployment.modelVersionId } as const
      const granted = { ...deployment, grant: blobs.grant(holder, deployment) }
      await putDeployment(bus, granted)
      return granted
    },
    async stop() {
      end.abort()
      await app.close()
      await following
      await models.close()
      await blobs.close()
      await Promise.all([own.close(), bus.close()])
      identity.close()
      await server.stop()
      rmSync(stateDir, { recursive: true, force: true })
    },
  }
}

/** Weights of a very small encoder after one epoch on noise; CLIP's reads texts as well. */
export async function tinyWeights(seed: number, framework: 'simclr' | 'clip' = 'simclr'): Promise<Uint8Array> {
  const random = randomStream(seed)
  const recipe = TrainingRecipe.parse({
    framework,
    ...(framework === 'clip' ? { text: { width: 8, depth: 1, heads: 2, contextLength: 16 } } : {}),
    encoder: { kind: 'compact-conv', widths: [4, 8], projection: { hidden: 8, output: 4 } },
    views: { strength: 0.5 },
    temperature: 0.5,
    epochs: 1,
    batchSize: 4,
    optimizer: { learningRate: 0.05, weightDecay: 0 },
    seed,
  })
  const data = Uint8Array.from({ length: 4 * imageSize * imageSize * 3 }, () => random() * 256)
  const captions = ['a', 'b', 'c', 'd']
  const images = { data, count: 4, height: imageSize, width: imageSize, channels: 3, captions }
  const { signal } = new AbortController()
  const { checkpoint } = await pretrain({ recipe, images, signal, now: () => 0 })
  return checkpoint.weights
}

/** Stands where a gateway stands: checks the service's credential and says what the token says, unless its holder left. */
async function answerIntrospection(
  request: IncomingMessage,
  key: KeyObject,
  left: ReadonlySet<string>,
): Promise<object | null> {
  const credential = (request.headers.authorization ?? '').replace('Bearer ', '')
  const issuer = issuerOfService('embedding')
  const isOurs = await jwtVerify(credential, key, { issuer, subject: issuer, audience: gatewayAudience }).then(
    () => true,
    () => false,
  )
  if (!isOurs) return null
  let body = ''
  for await (const chunk of request) body += String(chunk)
  const token = new URLSearchParams(body).get('token') ?? ''
  if (left.has(token)) return { active: false }
  const { sub, tenant, role, exp } = decodeJwt(token)
  return { active: true, sub, tenant, role, exp }
}
