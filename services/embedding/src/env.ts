import { BackendChoice } from '@lethe/device'
import { readEnv } from '@lethe/runtime'
import { z } from 'zod'

const schema = z.object({
  NATS_URL: z.string().describe('the bus: nats://user:password@host:4222'),
  BLOBS_URL: z
    .url({ protocol: /^https?$/ })
    .describe('where the registrar gives out weights for the grant of a deployment, http://registrar:4300'),
  HOST: z.string().default('127.0.0.1').describe('the address to listen on'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(0).describe('the port to listen on; 0 picks a free one'),
  JWKS_URL: z.url({ protocol: /^https?$/ }).describe('where the public keys of sign-in are, https://host/path'),
  JWT_ISSUER: z.string().describe('the issuer that a token must name'),
  JWT_AUDIENCE: z.string().describe('the audience that a token must name'),
  INTROSPECTION_URL: z
    .url({ protocol: /^https?$/ })
    .describe('where the gateway says whether a token holds, http://gateway:4000/v1/introspect'),
  SERVICE_KEY_FILE: z
    .string()
    .describe('PKCS #8 PEM of the Ed25519 key that this service signs its own credentials with'),
  LETHE_BACKEND: BackendChoice.default('auto').describe('auto, tensorflow-gpu, tensorflow, wasm, webgpu or cpu'),
  LETHE_TFJS_NODE_DIR: z
    .string()
    .optional()
    .describe('a folder with tfjs_binding.node, libtensorflow and manifest.json'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  RATE_LIMIT_PER_MINUTE: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .default(600)
    .describe('requests that a tenant may make in a minute'),
  WARM_MODELS: z.coerce.number().int().min(1).max(1000).default(4).describe('how many models are kept in memory'),
})

/** What this process is told by its surroundings. */
export const readEmbeddingEnv = () => readEnv(schema)
