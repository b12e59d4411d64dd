import { WebhookTargets } from '@lethe/domain'
import { readEnv } from '@lethe/runtime'
import { z } from 'zod'

const Secret = z.string().min(32)

const keepDays = (preset: number) => z.coerce.number().int().min(1).max(3650).default(preset)

const schema = z.object({
  DATABASE_URL: z
    .url()
    .describe('PostgreSQL as the login lethe_registrar, postgresql://lethe_registrar:password@host:5432/name'),
  DIRECT_DATABASE_URL: z
    .url()
    .optional()
    .describe('the same past a pooler in transaction mode, where LISTEN has no effect; default DATABASE_URL'),
  NATS_URL: z.url().describe('nats-server with JetStream, nats://user:password@host:4222'),
  ARTIFACTS: z.string().default('nats').describe('where blobs are kept: nats, or file:///folder'),
  BLOBS_HOST: z
    .string()
    .default('127.0.0.1')
    .describe('the address where workers get at blobs; 0.0.0.0 in a container'),
  BLOBS_PORT: z.coerce.number().int().min(0).max(65_535).default(0).describe('the port of it; 0 picks a free one'),
  BLOB_MAX_MIB: z.coerce.number().int().min(1).max(1_048_576).default(4096).describe('MiB of one blob of a worker'),
  BLOB_GRANT_SECRET: z
    .string()
    .transform((list) => list.split(',').map((secret) => secret.trim()))
    .pipe(z.tuple([Secret], Secret))
    .describe(
      'at least 32 characters, which seal what workers show to get at blobs; or several, comma-separated: the first seals, and what the others sealed still holds',
    ),
  LOG_SIGNING_KEY_FILE: z
    .string()
    .describe('a file with the Ed25519 private key (PKCS #8 PEM) that signs log checkpoints'),
  LOG_PREVIOUS_PUBLIC_KEYS: z
    .string()
    .default('')
    .transform((list) => list.split(',').filter((key) => key !== ''))
    .describe('base64 of the public keys (SPKI) that signed logs before LOG_SIGNING_KEY_FILE, comma-separated'),
  MODEL_SIGNING_KEY_FILE: z
    .string()
    .describe('a file with the P-256 private key (PKCS #8 PEM) that signs the files of every model version'),
  LOG_HOST: z.string().default('lethe').describe("host part of the evidence logs' origins; the gateway must agree"),
  CHECKPOINT_DIR: z.string().optional().describe('a folder that also receives every signed log checkpoint'),
  MAIL_URL: z
    .string()
    .describe('where mail goes: file:///folder (an .eml file a mail), smtp://… or smtps://user:password@host:port'),
  MAIL_FROM: z.string().default('Lethe <no-reply@localhost>').describe('sender of mail, `Name <address>`'),
  PORTAL_URL: z.url().describe('where people reach the portal; links in mail lead there'),
  WEBHOOK_TARGETS: WebhookTargets.default('public').describe(
    'where webhooks may lead: public (https to public addresses), or any, for a machine of your own',
  ),
  WEBHOOK_TIMEOUT_MS: z.coerce
    .number()
    .int()
    .min(100)
    .max(60_000)
    .default(15_000)
    .describe('how long a webhook may take to answer'),
  SWEEP_INTERVAL_MS: z.coerce.number().int().min(100).default(60_000).describe('how often clocks are read again'),
  NOTICE_KEEP_DAYS: keepDays(365).describe('for how many days notices are kept that nothing is sent of any more'),
  DELIVERY_KEEP_DAYS: keepDays(90).describe('for how many days deliveries of webhooks are kept after their end'),
  IDEMPOTENCY_KEEP_DAYS: keepDays(90).describe('for how many days a repeated mutation is known again'),
  SIGN_IN_KEEP_DAYS: keepDays(30).describe(
    'for how many days invitations, sessions and mailed tokens are kept after their end',
  ),
  HEALTH_HOST: z.string().default('127.0.0.1').describe('address of /livez and /readyz; 0.0.0.0 in a container'),
  HEALTH_PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(0)
    .describe('port of /livez and /readyz; 0 picks one'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
})

export type RegistrarEnv = z.infer<typeof schema>

export const readRegistrarEnv = (): RegistrarEnv => readEnv(schema)
