import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { openArtifactStore } from '@lethe/artifacts'
import { type Bus, busPermissions, busUsers, connectBus } from '@lethe/bus'
import { loginUrl, newId, setRolePasswords } from '@lethe/db'
import { startMigratedPostgres } from '@lethe/db/testing'
import { encodeModelVerifier, type ModelSigner, modelSignerFromPem } from '@lethe/ledger'
import { createLogger } from '@lethe/runtime'
import { findFreePort, startNatsServer } from '@lethe/stack'
import pg from 'pg'
import type { GatewayEnv } from '../env.js'
import { type Gateway, openGateway } from '../open-gateway.js'
import {
  adminEmail,
  createGatewayClient,
  createTenant,
  type GatewayClient,
  password,
  type TestTenant,
} from './gateway-client.js'
import { readOutbox, type ReceivedMail } from './outbox.js'
import { quickHashing } from './quick-hashing.js'

export { adminEmail, type GraphqlAnswer, password, type TestRole, type TestTenant } from './gateway-client.js'

export interface GatewayRig extends GatewayClient {
  readonly url: string
  readonly gateway: Gateway
  /** As the owner of the database: past row-level security, where a test looks at what really happened. */
  readonly sql: (text: string, values?: unknown[]) => Promise<Record<string, unknown>[]>
  /** Keeps everybody else from a table until what it gives is called. */
  readonly lock: (table: string) => Promise<() => Promise<void>>
  /** The registrar's, whose public half the gateway knows. */
  readonly modelSigner: ModelSigner
  /** The embedding service's. */
  readonly serviceKey: KeyObject
  /** A connection that may do everything, for what other services would say. The gateway's own may do little. */
  readonly bus: Bus
  /** Milliseconds that the gateway's clock is ahead. */
  readonly clock: { aheadMs: number }
  /** Address of the database with one of the platform's logins. */
  readonly loginUrl: (login: keyof typeof logins) => string
  /** Another gateway over the same database and bus; whoever opens it closes it. */
  readonly openBeside: (
    env?: Partial<GatewayEnv>,
    passwords?: 'quick' | 'as shipped',
  ) => Promise<Gateway & { readonly url: string }>
  readonly createTenant: (slug: string) => Promise<TestTenant>
  /** Lets the tenant's auditor look into these requests; without a case they see nothing. */
  readonly openCases: (tenant: TestTenant, requestIds: readonly string[]) => Promise<void>
  /** Mails that an address got, oldest first. */
  readonly mailsTo: (email: string) => Promise<ReceivedMail[]>
  readonly stop: () => Promise<void>
}

const logins = { gateway: 'g', auth: 'a', registrar: 'r' } as const

const publicDer = ({ publicKey }: { publicKey: KeyObject }): string =>
  publicKey.export({ type: 'spki', format: 'der' }).toString('base64')

/** Settings of every gateway of the tests, but for what its database, bus and folders say. */
const usual = {
  ARTIFACTS: 'nats',
  HOST: '127.0.0.1',
  TRUSTED_ORIGINS: [],
  EMBEDDING_URL: 'http://127.0.0.1:9',
  GATEWAY_SECRET: 'a secret of the tests, long enough',
  LOG_PREVIOUS_PUBLIC_KEYS: [],
  LOG_HOST: 'lethe.test',
  BOOTSTRAP_ADMIN_EMAIL: adminEmail,
  BOOTSTRAP_ADMIN_PASSWORD: password,
  MAX_UPLOAD_BYTES: 1_000_000,
  WEBHOOK_TARGETS: 'public',
  SIGN_INS_PER_MINUTE: 1000,
  COST_PER_MINUTE: 50_000_000,
  ANONYMOUS_COST_PER_MINUTE: 50_000_000,
  OPERATION_TIMEOUT_MS: 30_000,
  STREAMS_PER_VIEWER: 20,
  STREAM_STALL_MS: 30_000,
  REQUEST_TIMEOUT_MS: 300_000,
  TRUSTED_DOCUMENTS: 'also',
  TRUSTED_DOCUMENTS_FILES: [],
  MAIL_FROM: 'Lethe <no-reply@lethe.test>',
  PORTAL_URL: 'https://portal.lethe.test',
  SIGN_UP: 'closed',
  SSO_ALLOW_LOOPBACK: true,
  OIDC_ISSUERS: [],
  DNS_SERVERS: [],
  TRUST_PROXY: [],
  NODE_ENV: 'production',
  LOG_LEVEL: 'silent',
} satisfies Partial<GatewayEnv>

/** @param env what the test wants otherwise than usual */
export async function startGatewayRig(env: Partial<GatewayEnv> = {}): Promise<GatewayRig> {
  const stateDir = mkdtempSync(join(tmpdir(), 'lethe-gateway-test-'))
  chmodSync(stateDir, 0o755)
  const [postgres, nats] = await Promise.all([
    startMigratedPostgres(stateDir),
    startNatsServer({ stateDir, users: [...busUsers, 'test'], permissions: busPermissions }),
  ])
  await setRolePasswords({ ownerUrl: postgres.url, passwords: logins })
  const bus = await connectBus({ url: nats.urls['test'] ?? '', name: 'test', user: 'registrar' })
  await openArtifactStore('nats', bus.nc)
  const clock = { aheadMs: 0 }
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const modelSigner = modelSignerFromPem(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
  const service = generateKeyPairSync('ed25519')
  const loginTo: GatewayRig['loginUrl'] = (login) => loginUrl(postgres.url, login, logins[login])
  const settings = {
    ...usual,
    DATABASE_URL: loginTo('gateway'),
    AUTH_DATABASE_URL: loginTo('auth'),
    NATS_URL: nats.urls['gateway'] ?? '',
    LOG_PUBLIC_KEY: publicDer(generateKeyPairSync('ed25519')),
    MODEL_PUBLIC_KEY: encodeModelVerifier(modelSigner),
    EMBEDDING_PUBLIC_KEY: publicDer(service),
    UPLOAD_DIR: join(stateDir, 'uploads'),
    MAIL_URL: pathToFileURL(join(stateDir, 'outbox')).href,
    ...env,
  }
  const openBeside: GatewayRig['openBeside'] = async (more = {}, passwords = 'quick') => {
    const port = await findFreePort()
    const url = `http://127.0.0.1:${port}`
    const opened = await openGateway(
      { BASE_URL: url, PORT: port, ...settings, ...more },
      createLogger('gateway', 'silent'),
      () => new Date(Date.now() + clock.aheadMs),
      ...(passwords === 'quick' ? [quickHashing] : []),
    )
    await opened.app.listen({ host: '127.0.0.1', port })
    return { ...opened, url }
  }
  const gateway = await openBeside()
  const owner = new pg.Pool({ connectionString: postgres.url, max: 2 })
  // A connection that is let go of may still hear that the server stops.
  owner.on('error', () => undefined)
  const client = createGatewayClient(gateway.url)
  return {
    url: gateway.url,
    loginUrl: loginTo,
    openBeside,
    gateway,
    bus,
    clock,
    modelSigner,
    serviceKey: service.privateKey,
    ...client,
    sql: async (text, values) => (await owner.query<Record<string, unknown>>(text, values)).rows,
    lock: async (table) => {
      const holder = await owner.connect()
      await holder.query(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`)
      return async () => {
        await holder.query('ROLLBACK')
        holder.release()
      }
    },
    createTenant: (slug) => createTenant(client, slug),
    openCases: async ({ id, userIds }, requestIds) => {
      await owner.query(
        `INSERT INTO auditor_grant (id, tenant_id, user_id, request_ids, reason, granted_by, expires_at)
         VALUES ($1, $2, $3, $4, 'A test.', $5, now() + interval '1 day')`,
        [newId(), id, userIds.auditor, requestIds, userIds.privacy_officer],
      )
      gateway.services.standings.forget()
    },
    mailsTo: async (email) => {
      await gateway.settleMail()
      return readOutbox(join(stateDir, 'outbox')).filter(({ to }) => to === email)
    },
    stop: async () => {
      await gateway.close()
      await bus.close()
      await owner.end()
      await Promise.all([postgres.stop(), nats.stop()])
      rmSync(stateDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
    },
  }
}
