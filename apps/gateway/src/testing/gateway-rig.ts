import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { openArtifactStore } from '@lethe/artifacts'
import { type Bus, busPermissions, busUsers, connectBus } from '@lethe/bus'
import { loginUrl, migrate, newId, setRolePasswords } from '@lethe/db'
import { encodeModelVerifier, type ModelSigner, modelSignerFromPem } from '@lethe/ledger'
import { createLogger } from '@lethe/runtime'
import { findFreePort, startNatsServer, startPostgres } from '@lethe/stack'
import pg from 'pg'
import type { GatewayEnv } from '../env.js'
import { type Gateway, openGateway } from '../open-gateway.js'
import { readOutbox, type ReceivedMail } from './outbox.js'

export interface GraphqlAnswer {
  readonly status: number
  readonly data: Record<string, unknown> | null | undefined
  readonly errors?: readonly { message: string; path?: unknown; extensions: Record<string, unknown> }[] | undefined
}

export interface GatewayRig {
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
  readonly post: (path: string, body: unknown, token?: string) => Promise<Response>
  readonly graphql: (token: string | null, query: string, variables?: object) => Promise<GraphqlAnswer>
  readonly signIn: (email: string, password?: string) => Promise<string>
  readonly createTenant: (slug: string) => Promise<TestTenant>
  /** Lets the tenant's auditor look into these requests; without a case they see nothing. */
  readonly openCases: (tenant: TestTenant, requestIds: readonly string[]) => Promise<void>
  /** Mails that an address got, oldest first. */
  readonly mailsTo: (email: string) => Promise<ReceivedMail[]>
  readonly stop: () => Promise<void>
}

export interface TestTenant {
  readonly id: string
  /** Tokens by role. */
  readonly tokens: Readonly<Record<TestRole, string>>
  readonly userIds: Readonly<Record<TestRole, string>>
}

const roles = ['tenant_owner', 'engineer', 'privacy_officer', 'data_owner', 'auditor'] as const
export type TestRole = (typeof roles)[number]

export const password = 'correct horse battery'
export const adminEmail = 'admin@lethe.test'

/** @param env what the test wants otherwise than usual */
export async function startGatewayRig(env: Partial<GatewayEnv> = {}): Promise<GatewayRig> {
  const stateDir = mkdtempSync(join(tmpdir(), 'lethe-gateway-test-'))
  chmodSync(stateDir, 0o755)
  const [postgres, nats, port] = await Promise.all([
    startPostgres({ stateDir, isDurable: false }),
    startNatsServer({ stateDir, users: [...busUsers, 'test'], permissions: busPermissions }),
    findFreePort(),
  ])
  await migrate({ ownerUrl: postgres.url })
  await setRolePasswords({ ownerUrl: postgres.url, passwords: { gateway: 'g', auth: 'a', registrar: 'r' } })
  const bus = await connectBus({ url: nats.urls['test'] ?? '', name: 'test', user: 'registrar' })
  await openArtifactStore('nats', bus.nc)
  const url = `http://127.0.0.1:${port}`
  const clock = { aheadMs: 0 }
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const modelSigner = modelSignerFromPem(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
  const service = generateKeyPairSync('ed25519')
  const gateway = await openGateway(
    {
      DATABASE_URL: loginUrl(postgres.url, 'gateway', 'g'),
      AUTH_DATABASE_URL: loginUrl(postgres.url, 'auth', 'a'),
      NATS_URL: nats.urls['gateway'] ?? '',
      ARTIFACTS: 'nats',
      HOST: '127.0.0.1',
      PORT: port,
      BASE_URL: url,
      TRUSTED_ORIGINS: [],
      EMBEDDING_URL: 'http://127.0.0.1:9',
      GATEWAY_SECRET: 'a secret of the tests, long enough',
      LOG_PUBLIC_KEY: generateKeyPairSync('ed25519')
        .publicKey.export({ type: 'spki', format: 'der' })
        .toString('base64'),
      MODEL_PUBLIC_KEY: encodeModelVerifier(modelSigner),
      EMBEDDING_PUBLIC_KEY: service.publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
      LOG_PREVIOUS_PUBLIC_KEYS: [],
      LOG_HOST: 'lethe.test',
      BOOTSTRAP_ADMIN_EMAIL: adminEmail,
      BOOTSTRAP_ADMIN_PASSWORD: password,
      MAX_UPLOAD_BYTES: 1_000_000,
      UPLOAD_DIR: join(stateDir, 'uploads'),
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
      MAIL_URL: pathToFileURL(join(stateDir, 'outbox')).href,
      MAIL_FROM: 'Lethe <no-reply@lethe.test>',
      PORTAL_URL: 'https://portal.lethe.test',
      SIGN_UP: 'closed',
      SSO_ALLOW_LOOPBACK: true,
      OIDC_ISSUERS: [],
      DNS_SERVERS: [],
      TRUST_PROXY: [],
      NODE_ENV: 'production',
      LOG_LEVEL: 'silent',
      ...env,
    },
    createLogger('gateway', 'silent'),
    () => new Date(Date.now() + clock.aheadMs),
  )
  await gateway.app.listen({ host: '127.0.0.1', port })
  const owner = new pg.Pool({ connectionString: postgres.url, max: 2 })
  // A connection that is let go of may still hear that the server stops.
  owner.on('error', () => undefined)
  const client = createClient(url)
  return {
    url,
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

type Client = Pick<GatewayRig, 'post' | 'graphql' | 'signIn'>

function createClient(url: string): Client {
  const post: Client['post'] = (path, body, token) =>
    fetch(url + path, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    })
  return {
    post,
    graphql: async (token, query, variables) => {
      const response = await post('/graphql', { query, variables }, token ?? undefined)
      const { data, errors } = (await response.json()) as GraphqlAnswer
      return { status: response.status, data, errors }
    },
    signIn: async (email, secret = password) => {
      const session = await post('/auth/sign-in/email', { email, password: secret })
      const { token } = (await session.json()) as { token: string }
      const issued = await fetch(`${url}/auth/token`, { headers: { authorization: `Bearer ${token}` } })
      return ((await issued.json()) as { token: string }).token
    },
  }
}

/** A tenant with one member of each role; the data owner is known as `subject-<slug>`. */
async function createTenant({ post, signIn }: Client, slug: string): Promise<TestTenant> {
  const admin = await signIn(adminEmail)
  const email = (role: string) => `${role}@${slug}.test`
  const person = (role: string) => ({ email: email(role), name: `${role} of ${slug}`, password })
  const made = await post('/v1/admin/tenants', { name: slug, slug, owner: person('tenant_owner') }, admin)
  const { tenantId: id, ownerId } = (await made.json()) as { tenantId: string; ownerId: string }
  const userIds: Record<string, string> = { tenant_owner: ownerId }
  for (const role of roles.slice(1)) {
    const subjectKey = role === 'data_owner' ? { subjectKey: `subject-${slug}` } : {}
    const added = await post('/v1/admin/members', { ...person(role), tenantId: id, role, ...subjectKey }, admin)
    userIds[role] = ((await added.json()) as { userId: string }).userId
  }
  const tokens = Object.fromEntries(
    await Promise.all(roles.map(async (role) => [role, await signIn(email(role))] as const)),
  )
  return { id, tokens: tokens as Record<TestRole, string>, userIds: userIds as Record<TestRole, string> }
}
