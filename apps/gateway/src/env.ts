import { tmpdir } from 'node:os'
import path from 'node:path'
import { WebhookTargets } from '@lethe/domain'
import { readEnv } from '@lethe/runtime'
import { z } from 'zod'
import { ExternalIssuers } from './identity/external-issuer.js'
import { TrustedDocumentsMode } from './http/trusted-documents.js'

const GatewayEnv = z.object({
  DATABASE_URL: z.url().describe('PostgreSQL address with the login lethe_gateway.'),
  AUTH_DATABASE_URL: z.url().describe('PostgreSQL address with the login lethe_auth.'),
  NATS_URL: z.string().describe('NATS address, such as nats://user:password@host:4222.'),
  ARTIFACTS: z.string().default('nats').describe('"nats", or a shared folder as file:///path.'),
  HOST: z.string().default('127.0.0.1').describe('Address to listen on.'),
  PORT: z.coerce.number().int().min(0).max(65535).default(4000).describe('Port to listen on; 0 picks a free one.'),
  BASE_URL: z.url().describe('Where clients reach this gateway, such as https://api.example.com.'),
  TRUSTED_ORIGINS: z
    .string()
    .default('')
    .transform((list) => list.split(',').filter((origin) => origin !== ''))
    .describe('Origins of browsers that may sign in with cookies, comma-separated.'),
  EMBEDDING_URL: z.url().describe('Where the embedding service is reached.'),
  GATEWAY_SECRET: z.string().min(32).describe('At least 32 random characters; losing it signs everybody out for good.'),
  LOG_PUBLIC_KEY: z.string().min(1).describe('Base64 of the Ed25519 key (SPKI) that log checkpoints are signed with.'),
  LOG_PREVIOUS_PUBLIC_KEYS: z
    .string()
    .default('')
    .transform((list) => list.split(',').filter((key) => key !== ''))
    .describe('Base64 of the Ed25519 keys (SPKI) that signed log checkpoints before LOG_PUBLIC_KEY, comma-separated.'),
  MODEL_PUBLIC_KEY: z
    .string()
    .min(1)
    .describe('Base64 of the P-256 key (SPKI) that the files of model versions are signed with.'),
  EMBEDDING_PUBLIC_KEY: z
    .string()
    .min(1)
    .describe('Base64 of the Ed25519 key (SPKI) by which the embedding service shows who it is.'),
  LOG_HOST: z
    .string()
    .default('lethe')
    .describe("Host part of the evidence logs' origins, as the registrar signs them."),
  BOOTSTRAP_ADMIN_EMAIL: z.email().optional().describe('Address of the first platform admin.'),
  BOOTSTRAP_ADMIN_PASSWORD: z
    .string()
    .min(12)
    .optional()
    .describe('Password of the first platform admin, 12 characters or more.'),
  UPLOAD_DIR: z
    .string()
    .default(path.join(tmpdir(), 'lethe-uploads'))
    .describe('Folder in which uploads grow until they are whole; shared by all gateways, if there are several.'),
  WEBHOOK_TARGETS: WebhookTargets.default('public').describe(
    'Where webhooks may lead: public (https to public addresses), or any, for a machine of your own.',
  ),
  MAX_UPLOAD_BYTES: z.coerce
    .number()
    .int()
    .min(1)
    .max(2 ** 31 - 1)
    .default(256 * 2 ** 20)
    .describe('Largest dataset upload.'),
  SIGN_INS_PER_MINUTE: z.coerce
    .number()
    .int()
    .min(1)
    .default(60)
    .describe('Sign-ins that one address may try in a minute.'),
  MAIL_URL: z
    .string()
    .describe('Where mail goes: file:///folder (an .eml file a mail), smtp://… or smtps://user:password@host:port.'),
  MAIL_FROM: z.string().default('Lethe <no-reply@localhost>').describe('Sender of mail, `Name <address>`.'),
  PORTAL_URL: z.url().describe('Where people reach the portal; links in mail lead there.'),
  SIGN_UP: z
    .enum(['closed', 'open'])
    .default('closed')
    .describe('"open" lets anybody found a tenant with a confirmed address; "closed" leaves that to platform admins.'),
  SSO_ALLOW_LOOPBACK: z
    .enum(['true', 'false'])
    .default('false')
    .transform((value) => value === 'true')
    .describe('"true" lets tenants register identity providers on this machine, for development; else they are https.'),
  DNS_SERVERS: z
    .string()
    .default('')
    .transform((list) => list.split(',').filter((address) => address !== ''))
    .describe(
      'DNS servers, address or address:port, that prove domains of single sign-on; empty: those of the system.',
    ),
  OIDC_ISSUERS: ExternalIssuers.default([]).describe(
    'JSON list of issuers whose tokens are accepted besides our own; docs/identity.md has its members.',
  ),
  TRUST_PROXY: z
    .string()
    .default('')
    .transform((list) => list.split(',').filter((address) => address !== ''))
    .describe('Addresses or networks (CIDR) of proxies whose X-Forwarded-For is believed, comma-separated.'),
  COST_PER_MINUTE: z.coerce
    .number()
    .int()
    .min(1)
    .max(2_000_000_000)
    .default(300_000)
    .describe('Fields that one caller (a person, or an API key) may ask for in a minute.'),
  ANONYMOUS_COST_PER_MINUTE: z.coerce
    .number()
    .int()
    .min(1)
    .max(2_000_000_000)
    .default(6_000)
    .describe('The same of everybody who is not signed in, by address.'),
  OPERATION_TIMEOUT_MS: z.coerce
    .number()
    .int()
    .min(100)
    .max(600_000)
    .default(30_000)
    .describe('Longest that a query or mutation may take.'),
  STREAMS_PER_VIEWER: z.coerce
    .number()
    .int()
    .min(1)
    .default(20)
    .describe('Subscriptions that one caller may follow at this gateway at once.'),
  STREAM_STALL_MS: z.coerce
    .number()
    .int()
    .min(100)
    .default(30_000)
    .describe('Longest that a subscriber may leave its buffer full before it is let go of.'),
  REQUEST_TIMEOUT_MS: z.coerce
    .number()
    .int()
    .min(1000)
    .default(300_000)
    .describe('Longest that a client may take to send a request.'),
  TRUSTED_DOCUMENTS: TrustedDocumentsMode.default('also').describe(
    'Whether documents may be named by hash (also), must be (only), or cannot be (off).',
  ),
  TRUSTED_DOCUMENTS_FILES: z
    .string()
    .default('')
    .transform((list) => list.split(',').filter((file) => file !== ''))
    .describe('JSON files from SHA-256 to document, comma-separated.'),
  NODE_ENV: z
    .enum(['production', 'development', 'test'])
    .default('production')
    .describe('Introspection is off in production.'),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .describe('How much is logged.'),
})
export type GatewayEnv = z.output<typeof GatewayEnv>

export const readGatewayEnv = (): GatewayEnv => readEnv(GatewayEnv)
