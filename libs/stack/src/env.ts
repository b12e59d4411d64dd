import os from 'node:os'
import path from 'node:path'
import { BackendChoice } from '@lethe/device'
import { readEnv } from '@lethe/runtime'
import { z } from 'zod'

const schema = z.object({
  LETHE_HOME: z.string().optional().describe('where state is kept; default is .lethe in the checkout'),
  LETHE_CACHE_DIR: z.string().optional().describe('where fetched programs are kept; default ~/.cache/lethe'),
  XDG_CACHE_HOME: z.string().optional(),
  HOME: z.string().optional(),
  PATH: z.string().default(''),
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .optional()
    .describe('the owner of a PostgreSQL database, postgresql://user:password@host:5432/name'),
  NATS_URL: z
    .url({ protocol: /^(nats|tls)$/ })
    .optional()
    .describe('a running nats-server with JetStream and the users of `lethe bus users`, nats://host:4222'),
  NATS_SERVER_BIN: z.string().optional().describe('the path of a nats-server 2.10 or newer'),
  LETHE_BACKEND: BackendChoice.default('auto').describe('auto, tensorflow-gpu, tensorflow, wasm, webgpu or cpu'),
  LETHE_TFJS_NODE_DIR: z
    .string()
    .optional()
    .describe('a folder with tfjs_binding.node, libtensorflow and manifest.json'),
  MAIL_URL: z
    .string()
    .optional()
    .describe('where mail goes, smtps://user:password@host:port; default a folder of the state'),
  WEBHOOK_TARGETS: z.string().default('public').describe('where webhooks may lead: public, or any address'),
  MAIL_FROM: z.string().default('Lethe <no-reply@lethe.local>').describe('sender of mail, `Name <address>`'),
  SIGN_UP: z.string().default('').describe('handed on to the gateway, like the next four'),
  OIDC_ISSUERS: z.string().default(''),
  SSO_ALLOW_LOOPBACK: z.string().default(''),
  DNS_SERVERS: z.string().default(''),
  TRUST_PROXY: z.string().default(''),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
})

/** What the platform is told by its surroundings. */
export function readStackEnv() {
  const env = readEnv(schema)
  const { SIGN_UP, OIDC_ISSUERS, SSO_ALLOW_LOOPBACK, DNS_SERVERS, TRUST_PROXY } = env
  const home = env.HOME ?? os.homedir()
  return {
    stateDir: env.LETHE_HOME === undefined ? undefined : path.resolve(env.LETHE_HOME),
    cacheDir: path.resolve(env.LETHE_CACHE_DIR ?? path.join(env.XDG_CACHE_HOME ?? path.join(home, '.cache'), 'lethe')),
    searchPath: env.PATH,
    databaseUrl: env.DATABASE_URL,
    natsUrl: env.NATS_URL,
    natsServerBin: env.NATS_SERVER_BIN,
    backend: env.LETHE_BACKEND,
    tfjsNodeDir: env.LETHE_TFJS_NODE_DIR,
    mailUrl: env.MAIL_URL,
    mailFrom: env.MAIL_FROM,
    webhookTargets: env.WEBHOOK_TARGETS,
    signIn: { SIGN_UP, OIDC_ISSUERS, SSO_ALLOW_LOOPBACK, DNS_SERVERS, TRUST_PROXY },
    logLevel: env.LOG_LEVEL,
  }
}
export type StackEnv = ReturnType<typeof readStackEnv>

/** What services inherit from our surroundings. Not the rest: among it may be the database owner's address. */
export function readInheritedEnv(): Record<string, string> {
  const names =
    /^(PATH|HOME|LANG|LC_ALL|TZ|TMPDIR|SSL_CERT_FILE|NODE_EXTRA_CA_CERTS|LD_LIBRARY_PATH|CUDA_.*|OMP_.*|TF_.*)$/
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (names.test(name) && value ? [[name, value]] : [])),
  )
}
