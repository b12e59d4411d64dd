import path from 'node:path'
import { loginUrl, type Login } from '@lethe/db'
import { checkoutDir } from './checkout-dir.js'
import type { TensorflowProvision } from './tensorflow.js'

export const serviceNames = ['registrar', 'compute', 'embedding', 'gateway', 'portal'] as const
export type ServiceName = (typeof serviceNames)[number]

export interface MailFacts {
  /** Where mail goes: file:///folder, or smtp(s)://… */
  url: string
  from: string
}

/** Everything that the services' environments are made of. */
export interface PlatformFacts {
  ownerUrl: string
  passwords: Readonly<Record<Login, string>>
  /** One address a service that uses the bus; the key is the user's name there. */
  natsUrls: Readonly<Record<string, string>>
  ports: Readonly<Record<ServiceName, number>>
  /** Where the registrar gives workers blobs. */
  blobsPort: number
  gatewaySecret: string
  /** Seals what workers show to get at blobs. */
  blobGrantSecret: string
  /** PKCS #8 PEM of the Ed25519 key that signs log checkpoints. */
  logSigningKeyFile: string
  /** Folder that also receives every signed log checkpoint, so that one copy is outside the database. */
  checkpointDir: string
  /** Base64 of the public half (SPKI). */
  logPublicKey: string
  /** The same of keys that signed before. */
  logPreviousPublicKeys: readonly string[]
  /** PKCS #8 PEM of the P-256 key that signs the files of model versions. */
  modelSigningKeyFile: string
  /** Base64 of the public half (SPKI). */
  modelPublicKey: string
  /** PKCS #8 PEM of the Ed25519 key by which the embedding service shows who it is. */
  embeddingKeyFile: string
  /** Base64 of the public half (SPKI). */
  embeddingPublicKey: string
  bootstrapAdmin: { email: string; password: string }
  mail: MailFacts
  /** Folder in which uploads grow. */
  uploadDir: string
  /** public or any; the services check it. */
  webhookTargets: string
  /** How people get in, as the gateway's variables of these names say; empty is its default. */
  signIn: Readonly<Record<'SIGN_UP' | 'OIDC_ISSUERS' | 'SSO_ALLOW_LOOPBACK' | 'DNS_SERVERS' | 'TRUST_PROXY', string>>
  tensorflow: TensorflowProvision
  logLevel: string
  nodeEnv?: 'production' | 'test'
}

export type ServiceEnv = Readonly<Record<string, string>>

/** What portal and client ask for; the build writes both. */
const trustedDocuments = [
  'apps/portal/src/gql/persisted-documents.json',
  'libs/client/src/generated/persisted-documents.json',
].map((file) => path.join(checkoutDir, file))

/** The identity provider's claims; they do not change with the address the gateway is reached at. */
const token = { issuer: 'https://lethe.dev/identity', audience: 'lethe' }

/** First part of every evidence log's origin; whoever signs and whoever verifies must agree on it. */
export const logHost = 'lethe'

export const localUrl = (port: number): string => `http://127.0.0.1:${port}`

/**
 * What each process is told, and nothing more: compute and embedding know no database and no store of blobs, and nobody but
 * the registrar the keys that sign log and models and the secret that seals grants. A process with an HTTP interface answers /livez and /readyz on PORT, the others on HEALTH_PORT.
 */
export function serviceEnv(name: ServiceName, facts: PlatformFacts): ServiceEnv {
  const port = String(facts.ports[name])
  const shared = { LOG_LEVEL: facts.logLevel, NODE_ENV: facts.nodeEnv ?? 'production' }
  const http = { ...shared, HOST: '127.0.0.1', PORT: port }
  const bus = { NATS_URL: facts.natsUrls[name] ?? '' }
  const store = { ARTIFACTS: 'nats' }
  const blobs = { BLOBS_URL: localUrl(facts.blobsPort) }
  const database = (login: Login) => loginUrl(facts.ownerUrl, login, facts.passwords[login])
  const gatewayUrl = localUrl(facts.ports.gateway)
  const mail = { MAIL_URL: facts.mail.url, MAIL_FROM: facts.mail.from, PORTAL_URL: localUrl(facts.ports.portal) }
  switch (name) {
    case 'registrar':
      return {
        ...shared,
        ...bus,
        ...store,
        ...mail,
        HEALTH_PORT: port,
        BLOBS_HOST: '127.0.0.1',
        BLOBS_PORT: String(facts.blobsPort),
        BLOB_GRANT_SECRET: facts.blobGrantSecret,
        DATABASE_URL: database('registrar'),
        LOG_SIGNING_KEY_FILE: facts.logSigningKeyFile,
        LOG_PREVIOUS_PUBLIC_KEYS: facts.logPreviousPublicKeys.join(','),
        MODEL_SIGNING_KEY_FILE: facts.modelSigningKeyFile,
        LOG_HOST: logHost,
        CHECKPOINT_DIR: facts.checkpointDir,
        WEBHOOK_TARGETS: facts.webhookTargets,
      }
    case 'compute':
      return { ...shared, ...bus, ...blobs, ...device(facts.tensorflow), HEALTH_PORT: port }
    case 'embedding':
      return {
        ...http,
        ...bus,
        ...blobs,
        ...device(facts.tensorflow),
        JWKS_URL: `${gatewayUrl}/auth/jwks`,
        JWT_ISSUER: token.issuer,
        JWT_AUDIENCE: token.audience,
        INTROSPECTION_URL: `${gatewayUrl}/v1/introspect`,
        SERVICE_KEY_FILE: facts.embeddingKeyFile,
      }
    case 'gateway':
      return {
        ...http,
        ...bus,
        ...store,
        ...mail,
        DATABASE_URL: database('gateway'),
        AUTH_DATABASE_URL: database('auth'),
        BASE_URL: gatewayUrl,
        TRUSTED_ORIGINS: localUrl(facts.ports.portal),
        EMBEDDING_URL: localUrl(facts.ports.embedding),
        TRUSTED_DOCUMENTS_FILES: trustedDocuments.join(','),
        GATEWAY_SECRET: facts.gatewaySecret,
        ...facts.signIn,
        LOG_PUBLIC_KEY: facts.logPublicKey,
        LOG_PREVIOUS_PUBLIC_KEYS: facts.logPreviousPublicKeys.join(','),
        MODEL_PUBLIC_KEY: facts.modelPublicKey,
        EMBEDDING_PUBLIC_KEY: facts.embeddingPublicKey,
        LOG_HOST: logHost,
        UPLOAD_DIR: facts.uploadDir,
        WEBHOOK_TARGETS: facts.webhookTargets,
        BOOTSTRAP_ADMIN_EMAIL: facts.bootstrapAdmin.email,
        BOOTSTRAP_ADMIN_PASSWORD: facts.bootstrapAdmin.password,
      }
    case 'portal':
      return { ...http, HOSTNAME: '127.0.0.1', GATEWAY_URL: gatewayUrl, NEXT_TELEMETRY_DISABLED: '1' }
  }
}

/** libtensorflow prints a line a feature of the processor unless told to keep to warnings. */
function device({ backend, tfjsNodeDir }: TensorflowProvision): ServiceEnv {
  const folder = tfjsNodeDir === undefined ? {} : { LETHE_TFJS_NODE_DIR: tfjsNodeDir }
  return { LETHE_BACKEND: backend, TF_CPP_MIN_LOG_LEVEL: '2', ...folder }
}
