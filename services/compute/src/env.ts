import { RunKind } from '@lethe/domain'
import { BackendChoice } from '@lethe/device'
import { defaultViewThreads } from '@lethe/engine'
import { readEnv } from '@lethe/runtime'
import { hostname } from 'node:os'
import { z } from 'zod'

const schema = z.object({
  NATS_URL: z.string().describe('the bus: nats://user:password@host:4222'),
  BLOBS_URL: z
    .url({ protocol: /^https?$/ })
    .describe('where the registrar gives out blobs for the grant of a task, http://registrar:4300'),
  HEALTH_HOST: z.string().default('127.0.0.1').describe('the address that /livez and /readyz listen on'),
  HEALTH_PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(0)
    .describe('the port of /livez and /readyz; 0 picks a free one'),
  LETHE_BACKEND: BackendChoice.default('auto').describe('auto, tensorflow-gpu, tensorflow, wasm, webgpu or cpu'),
  LETHE_TFJS_NODE_DIR: z
    .string()
    .optional()
    .describe('a folder with tfjs_binding.node, libtensorflow and manifest.json'),
  LETHE_VIEW_THREADS: z.coerce
    .number()
    .int()
    .min(0)
    .max(64)
    .default(defaultViewThreads())
    .describe('how many threads draw views for training; 0 draws them between the steps'),
  LETHE_CODE_VERSION: z.string().max(128).default('0.1.0').describe('what provenance calls this build'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  WORKER_NAME: z.string().max(128).optional().describe('what progress calls this worker; default host and process id'),
  KINDS: z
    .string()
    .default(RunKind.options.join(','))
    .transform((text) => text.split(',').map((kind) => kind.trim()))
    .pipe(z.array(RunKind).min(1))
    .describe(`which tasks this worker takes, comma-separated, of ${RunKind.options.join(', ')}`),
  EVALUATIONS: z.coerce
    .number()
    .int()
    .min(0)
    .max(1000)
    .default(5)
    .describe('how often pretraining is evaluated by k-NN and linear probe on the held-out split; 0 never'),
  CHECKPOINT_SECONDS: z.coerce
    .number()
    .min(0)
    .max(3600)
    .default(10)
    .describe('how long training may go on before it is checkpointed at the end of its epoch'),
})

/** What this process is told by its surroundings. */
export function readComputeEnv() {
  const env = readEnv(schema)
  return { ...env, WORKER_NAME: env.WORKER_NAME ?? `${hostname()}-${process.pid}` }
}
