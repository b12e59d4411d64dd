import { defaultViewThreads } from '@lethe/engine'
import { readEnv } from '@lethe/runtime'
import { z } from 'zod'

const schema = z.object({
  LETHE_VIEW_THREADS: z.coerce
    .number()
    .int()
    .min(0)
    .max(64)
    .default(defaultViewThreads())
    .describe('how many threads draw views for training; 0 draws them between the steps'),
  LETHE_CODE_VERSION: z.string().max(128).default('0.1.0').describe('what provenance calls this build'),
})

/** What commands on files are told by their surroundings. */
export function readFilesEnv() {
  const { LETHE_VIEW_THREADS, LETHE_CODE_VERSION } = readEnv(schema)
  return { viewThreads: LETHE_VIEW_THREADS, codeVersion: LETHE_CODE_VERSION }
}

const signIn = z.object({
  LETHE_PASSWORD: z.string().min(1).optional().describe('password of whoever signs in to a platform by --email'),
})

/** Who signs in is said on the command line, where others may look on; the password is not. */
export const readSignInEnv = (): { password: string | undefined } => ({ password: readEnv(signIn).LETHE_PASSWORD })
